package dev.sluice.server.page;

import dev.sluice.kernel.format.Response;
import java.nio.charset.StandardCharsets;

/** A page of HTML being written: every text that goes in is escaped. Without scripts, readable without styles. */
final class Html {

    private static final String STYLE = """
            :root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#0b6bcb}
            body{font:16px/1.5 system-ui,sans-serif;max-width:54rem;margin:2rem auto;padding:0 1rem}
            h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem}
            pre,code{font-family:ui-monospace,monospace;font-size:.92em}
            pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.8rem;overflow-x:auto}
            table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;
            border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{font-weight:600;width:14rem}
            .verdict{border-left:.4rem solid #b3261e;padding:.2rem 1rem;background:var(--soft)}
            th[scope=col]{width:auto}details{margin-top:.6rem}summary{cursor:pointer}
            .verdict.ok{border-color:#2e7d32}footer{margin-top:3rem;font-size:.85rem;opacity:.8}
            """;

    private final StringBuilder text = new StringBuilder(4096);

    Html(String title) {
        raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .text(title)
                .raw("</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>")
                .raw(STYLE)
                .raw("</style></head><body><main>");
    }

    /** Markup written in this code base; never anything that came from outside. */
    Html raw(String markup) {
        text.append(markup);
        return this;
    }

    /** Text from anywhere. */
    Html text(String content) {
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&#39;");
                default -> text.append(c < 32 && c != '\n' && c != '\t' ? '\ufffd' : c);
            }
        }
        return this;
    }

    /** An element with text in it; the tag may carry attributes written in this code base. */
    Html element(String tag, String content) {
        int blank = tag.indexOf(' ');
        return raw("<").raw(tag)
                .raw(">")
                .text(content)
                .raw("</")
                .raw(blank < 0 ? tag : tag.substring(0, blank))
                .raw(">");
    }

    /** A row of a table with two cells. */
    Html row(String name, String value) {
        return raw("<tr>")
                .element("th scope=\"row\"", name)
                .element("td", value)
                .raw("</tr>");
    }

    /** The finished page. It may load nothing from anywhere and cannot be framed. */
    Response response(int status) {
        raw("</main><footer>Sluice decides at the gate.</footer></body></html>\n");
        return Response.of(status, "text/html; charset=utf-8", text.toString().getBytes(StandardCharsets.UTF_8))
                .with(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
                                + " frame-ancestors 'none'")
                .with("Referrer-Policy", "no-referrer")
                .with("Cache-Control", "no-store");
    }
}
