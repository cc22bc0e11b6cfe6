package dev.sluice.kernel.format;

import java.util.List;

/**
 * The address of a request below {@code /{format}/{repository}/}.
 *
 * @param method upper-case HTTP method
 * @param segments path segments, percent-decoded one by one ({@code @scope%2fname} is one segment); none is {@code .} or
 *     {@code ..}, none contains NUL; an empty last segment stands for a trailing slash
 */
public record Route(String method, List<String> segments) {

    /** Copies the list. */
    public Route {
        segments = List.copyOf(segments);
    }

    /** The segments joined by slashes. */
    public String path() {
        return String.join("/", segments);
    }

    /** Whether the method is GET or HEAD. */
    public boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
