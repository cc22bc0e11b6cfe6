package dev.sluice.kernel.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One pass over an XML document as people write them, which never fails: it accepts all that Maven's reader accepts, and reads on
 * where that would stop.
 *
 * <p>Entities of XML and of HTML 4 are replaced, all others passed over; document types are passed over, so that no entity of the
 * document's own is ever replaced and nothing outside is ever read. Takes time and memory in proportion to the document, which is
 * the caller's to bound. Thread-safe.
 */
public final class LenientXml {

    private static final int MAX_DEPTH = 200;
    private static final int MAX_TEXT = 4_000;
    private static final int MAX_ENTITY = 40;

    /** Longer names are told apart by their beginning: no element that anybody asks for has one. */
    private static final int MAX_NAME = 200;

    /** Elements deeper than that below the root are not told. */
    private static final int TOLD_DEPTH = 4;

    private static final Map<String, String> ENTITIES = entities();

    private final String xml;
    private final Visitor visitor;
    private final List<String> path = new ArrayList<>();
    private final List<StringBuilder> texts = new ArrayList<>();
    private String prefix = "";
    private String root = "";
    private boolean closed;
    private int deeper;
    private int oddities;

    /**
     * What a walk met.
     *
     * @param root name of the root without a prefix; empty where there is no element
     * @param closed whether the root ended: a document that was cut off did not
     * @param oddities how many places a strict reader would have refused
     */
    public record Walked(String root, boolean closed, int oddities) {}

    /** Told of every element down to the fourth below the root when it ends: no document read here says anything deeper. */
    @FunctionalInterface
    public interface Visitor {

        /** The root has begun. */
        default void begins(String name) {}

        /**
         * An element has ended.
         *
         * @param path names from the root, which is left out, joined by slashes; without the prefix that the root has
         * @param text its own text, in one line, without that of its children
         */
        void ends(String path, String text);
    }

    private LenientXml(String xml, Visitor visitor) {
        this.xml = xml;
        this.visitor = visitor;
    }

    /** Walks over the document until its root ends. */
    public static Walked walk(byte[] document, Visitor visitor) {
        LenientXml walk = new LenientXml(XmlText.of(document), visitor);
        walk.walk();
        return new Walked(walk.root, walk.closed, walk.oddities);
    }

    private void walk() {
        int at = 0;
        while (at < xml.length() && !closed) {
            int tag = xml.indexOf('<', at);
            if (tag < 0) {
                break;
            }
            text(at, tag);
            at = markup(tag);
        }
        oddities += path.size() + deeper; // what was never closed is not told: it may have been cut off
    }

    private int markup(int at) {
        if (xml.startsWith("<!--", at)) {
            return after("-->", at + 4);
        }
        if (xml.startsWith("<![CDATA[", at)) {
            int end = after("]]>", at + 9);
            append(xml.substring(at + 9, Math.max(at + 9, end - 3)));
            return end;
        }
        if (xml.startsWith("<?", at)) {
            return after("?>", at + 2);
        }
        if (xml.startsWith("<!", at)) {
            return doctype(at + 2);
        }
        if (xml.startsWith("</", at)) {
            int end = after(">", at + 2);
            end(name(at + 2, end));
            return end;
        }
        if (at + 1 < xml.length() && isName(xml.charAt(at + 1))) {
            int end = tagEnd(at + 1);
            String name = name(at + 1, end);
            start(name);
            if (end >= 2 && xml.charAt(end - 2) == '/') {
                end(name);
            }
            return end;
        }
        oddities++;
        append("<");
        return at + 1;
    }

    /** Behind the text, or the document's end where it is missing. */
    private int after(String text, int from) {
        int at = xml.indexOf(text, from);
        if (at < 0) {
            oddities++;
            return xml.length();
        }
        return at + text.length();
    }

    private int doctype(int from) {
        int depth = 0;
        int at = from;
        while (at < xml.length()) {
            char c = xml.charAt(at);
            if (xml.startsWith("<!--", at)) {
                at = after("-->", at + 4);
                continue;
            }
            if ((c == '"' || c == '\'') && xml.indexOf(c, at + 1) >= 0) {
                at = xml.indexOf(c, at + 1) + 1;
                continue;
            }
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == '>' && depth <= 0) {
                return at + 1;
            }
            at++;
        }
        oddities++;
        return xml.length();
    }

    /** Behind the bracket that ends a tag; one in the quoted value of an attribute does not. */
    private int tagEnd(int from) {
        int at = from;
        boolean valued = false;
        while (at < xml.length()) {
            char c = xml.charAt(at);
            if (c == '>') {
                return at + 1;
            }
            valued |= c == '=';
            if (valued && (c == '"' || c == '\'')) {
                int end = xml.indexOf(c, at + 1);
                if (end < 0) {
                    oddities++;
                    return after(">", at);
                }
                at = end;
            }
            at++;
        }
        oddities++;
        return xml.length();
    }

    private String name(int from, int limit) {
        int end = from;
        while (end < limit && isName(xml.charAt(end))) {
            end++;
        }
        return xml.substring(from, Math.min(end, from + MAX_NAME));
    }

    private static boolean isName(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == ':' || c == '-' || c == '.' || c > 0x7f;
    }

    private void start(String name) {
        if (path.size() >= MAX_DEPTH) {
            deeper++;
            return;
        }
        if (path.isEmpty()) {
            prefix = name.substring(0, name.indexOf(':') + 1);
            root = bare(name);
            visitor.begins(root);
        }
        path.add(bare(name));
        texts.add(new StringBuilder());
    }

    private void end(String written) {
        String name = bare(written);
        if (deeper > 0) {
            deeper--;
            return;
        }
        int open = path.lastIndexOf(name);
        if (open < 0) {
            oddities++;
            return;
        }
        while (path.size() > open) {
            if (path.size() > 1) {
                boolean isClosed = path.size() == open + 1;
                oddities += isClosed ? 0 : 1;
            }
            if (path.size() > 1 && path.size() <= TOLD_DEPTH + 1) {
                visitor.ends(
                        String.join("/", path.subList(1, path.size())),
                        texts.getLast().toString().strip().replaceAll("\\s+", " "));
            }
            path.removeLast();
            texts.removeLast();
        }
        closed = path.isEmpty();
    }

    private String bare(String name) {
        return !prefix.isEmpty() && name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    private void append(String text) {
        if (!texts.isEmpty() && deeper == 0) {
            StringBuilder into = texts.getLast();
            into.append(text, 0, Math.max(0, Math.min(text.length(), MAX_TEXT - into.length())));
        }
    }

    private void text(int from, int to) {
        if (from >= to || texts.isEmpty() || deeper > 0 || texts.getLast().length() >= MAX_TEXT) {
            return;
        }
        int at = from;
        while (at < to) {
            int ampersand = xml.indexOf('&', at, to);
            if (ampersand < 0) {
                append(xml.substring(at, to));
                return;
            }
            append(xml.substring(at, ampersand));
            int end = xml.indexOf(';', ampersand, Math.min(to, ampersand + MAX_ENTITY + 1));
            if (end < 0) {
                oddities++;
                append("&");
                at = ampersand + 1;
            } else {
                append(entity(xml.substring(ampersand + 1, end)));
                at = end + 1;
            }
        }
    }

    private String entity(String name) {
        String known = ENTITIES.get(name);
        if (known != null) {
            return known;
        }
        try {
            if (name.startsWith("#x") || name.startsWith("#X")) {
                return Character.toString(Integer.parseInt(name.substring(2), 16));
            }
            if (name.startsWith("#")) {
                return Character.toString(Integer.parseInt(name.substring(1)));
            }
        } catch (IllegalArgumentException e) {
            // no character: passed over like the name of an entity that nobody knows
        }
        oddities++;
        return "";
    }

    private static Map<String, String> entities() {
        Map<String, String> entities =
                new HashMap<>(Map.of("lt", "<", "gt", ">", "amp", "&", "quot", "\"", "apos", "'"));
        String resource = "html-entities.txt";
        try (InputStream in = Objects.requireNonNull(LenientXml.class.getResourceAsStream(resource), resource);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            reader.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int gap = line.indexOf(' ');
                entities.put(line.substring(0, gap), Character.toString(Integer.parseInt(line.substring(gap + 1))));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entities;
    }
}
