package dev.sluice.kernel.gate;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells the page of a web site from a file: parked domains, log-ins and proxies answer 200 with a page to whatever is asked for, and
 * where no digest was promised nothing else would notice.
 */
final class WebPage {

    /** So many bytes tell it. */
    static final int HEAD = 1024;

    private WebPage() {}

    /**
     * Whether a page came in place of a file.
     *
     * @param fileName what was asked for
     * @param contentType as the upstream says, or null
     * @param head how the body begins, {@link #HEAD} bytes or all of it
     */
    static boolean stoodIn(String fileName, @Nullable String contentType, byte[] head) {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".html") || name.endsWith(".htm") || name.endsWith(".xhtml")) {
            return false;
        }
        String text = new String(head, StandardCharsets.ISO_8859_1)
                .replaceFirst("^\u00ef\u00bb\u00bf", "") // a byte order mark
                .stripLeading()
                .toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<head")) {
            return true;
        }
        boolean saysPage = contentType != null
                && contentType.strip().toLowerCase(Locale.ROOT).startsWith("text/html");
        // some servers call everything text/html: only what looks like markup and is no XML of a file's own is a page
        return saysPage && text.startsWith("<") && !text.startsWith("<?xml") && !text.startsWith("<project");
    }
}
