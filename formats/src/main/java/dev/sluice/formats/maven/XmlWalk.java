package dev.sluice.formats.maven;

import dev.sluice.kernel.format.LenientXml;

/**
 * A pass over a document of a Maven repository, read as Maven reads it: leniently, see {@link LenientXml}.
 *
 * <p>Elements are told by the path of their names from the root, for example {@code project/licenses/license/name}, when they end.
 */
final class XmlWalk {

    private XmlWalk() {}

    /** The document is no XML at all, or was cut off before its root ended. */
    static final class XmlException extends Exception {
        XmlException(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /**
     * Walks over the document to its end; answers in how many places a strict reader would have refused it.
     *
     * @param document the caller's to bound
     */
    static int walk(byte[] document, LenientXml.Visitor visitor) throws XmlException {
        StringBuilder root = new StringBuilder();
        LenientXml.Walked walked = LenientXml.walk(document, new LenientXml.Visitor() {
            @Override
            public void begins(String name) {
                root.append(name);
            }

            @Override
            public void ends(String path, String text) {
                visitor.ends(root + "/" + path, text);
            }
        });
        if (walked.root().isEmpty()) {
            throw new XmlException("not XML");
        }
        if (!walked.closed()) {
            throw new XmlException("not well-formed XML: it is broken off");
        }
        visitor.ends(walked.root(), "");
        return walked.oddities();
    }
}
