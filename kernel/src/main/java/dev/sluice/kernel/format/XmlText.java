package dev.sluice.kernel.format;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The characters of an XML document (XML 1.0, appendix F): a byte order mark decides, else the declaration, else it is UTF-8. */
final class XmlText {

    private static final int PROLOGUE = 400;
    private static final Pattern ENCODING =
            Pattern.compile("<\\?xml[^>]{0,300}?encoding\\s*=\\s*[\"']\\s*([A-Za-z0-9._:-]{1,40})\\s*[\"']");

    private XmlText() {}

    /** Decoded; what the encoding cannot say is replaced. An encoding that does not exist counts as UTF-8. */
    static String of(byte[] document) {
        if (begins(document, 0xef, 0xbb, 0xbf)) {
            return new String(document, 3, document.length - 3, StandardCharsets.UTF_8);
        }
        if (begins(document, 0xfe, 0xff)) {
            return new String(document, 2, document.length - 2, StandardCharsets.UTF_16BE);
        }
        if (begins(document, 0xff, 0xfe)) {
            return new String(document, 2, document.length - 2, StandardCharsets.UTF_16LE);
        }
        if (begins(document, 0, '<')) {
            return new String(document, StandardCharsets.UTF_16BE);
        }
        if (begins(document, '<', 0)) {
            return new String(document, StandardCharsets.UTF_16LE);
        }
        return new String(document, declared(document));
    }

    private static Charset declared(byte[] document) {
        String prologue = new String(document, 0, Math.min(document.length, PROLOGUE), StandardCharsets.ISO_8859_1);
        Matcher encoding = ENCODING.matcher(prologue);
        if (!encoding.find()) {
            return StandardCharsets.UTF_8;
        }
        try {
            Charset charset = Charset.forName(encoding.group(1));
            // Its declaration could be read byte by byte, so it cannot be one of wide units.
            boolean wide = charset.name().startsWith("UTF-16") || charset.name().startsWith("UTF-32");
            return wide ? StandardCharsets.UTF_8 : charset;
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    private static boolean begins(byte[] document, int... bytes) {
        if (document.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((document[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
