package dev.sluice.formats.maven;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A single pass over an XML document that nobody trusts: no DTD, no entities but the five of XML itself, bounded depth, names,
 * text and count.
 *
 * <p>Elements are told by the path of their local names, for example {@code project/licenses/license/name}, when they end.
 */
final class XmlWalk {

    /** Deepest nesting accepted. */
    static final int MAX_DEPTH = 64;

    /** Most elements accepted in a document. */
    static final int MAX_ELEMENTS = 400_000;

    /** Characters kept of an element's own text; what is longer is cut, since nothing read here is. */
    static final int MAX_TEXT = 4096;

    private static final int MAX_NAME = 128;

    // The JDK's own parser, whatever else lies on the class path. Configured once; making readers from it is
    // thread-safe.
    private static final XMLInputFactory FACTORY = factory();

    private XmlWalk() {}

    /** Told of every element when it ends. */
    @FunctionalInterface
    interface Visitor {
        /**
         * An element has ended.
         *
         * @param path local names from the root, joined by slashes
         * @param text its own character data, stripped, without that of its children
         */
        void element(String path, String text);
    }

    /** The document is not well-formed XML or goes beyond a limit. */
    static final class XmlException extends Exception {
        XmlException(String message) {
            super(message);
        }

        XmlException(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities are not read");
        });
        return factory;
    }

    /** Walks the document to its end. The stream is the caller's to bound and to close. */
    static void walk(InputStream document, Visitor visitor) throws XmlException {
        try {
            XMLStreamReader reader = FACTORY.createXMLStreamReader(document);
            try {
                walk(reader, visitor);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            throw new XmlException("not well-formed XML" + place(e), e);
        }
    }

    private static void walk(XMLStreamReader reader, Visitor visitor) throws XMLStreamException, XmlException {
        StringBuilder path = new StringBuilder();
        Deque<StringBuilder> texts = new ArrayDeque<>();
        int elements = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    String name = reader.getLocalName();
                    if (++elements > MAX_ELEMENTS) {
                        throw new XmlException("more than " + MAX_ELEMENTS + " elements");
                    }
                    if (texts.size() >= MAX_DEPTH) {
                        throw new XmlException("nested deeper than " + MAX_DEPTH + " elements");
                    }
                    if (name.length() > MAX_NAME) {
                        throw new XmlException("an element name is longer than " + MAX_NAME + " characters");
                    }
                    path.append(path.isEmpty() ? "" : "/").append(name);
                    texts.push(new StringBuilder());
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    visitor.element(path.toString(), texts.pop().toString().strip());
                    path.setLength(Math.max(0, path.lastIndexOf("/")));
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    StringBuilder text = texts.peek();
                    if (text != null && text.length() < MAX_TEXT) {
                        int room = Math.min(MAX_TEXT - text.length(), reader.getTextLength());
                        text.append(reader.getTextCharacters(), reader.getTextStart(), room);
                    }
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new XmlException("document types and entities are not read");
                default -> {
                    // Comments, processing instructions and white space say nothing.
                }
            }
        }
    }

    private static String place(XMLStreamException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNumber() + ", column "
                        + e.getLocation().getColumnNumber() + ")";
    }
}
