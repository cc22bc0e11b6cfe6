package dev.sluice.rego.syntax;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the nodes of a parsed tree begin and end in the text. Nodes are told apart by identity: two that are equal stand in
 * two places. Filled by the parser, read by one thread afterwards.
 */
public final class Spans {
    private final IdentityHashMap<Object, Span> inner = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Span> outer = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Span> heads = new IdentityHashMap<>();

    /**
     * A part of a text.
     *
     * @param start the offset of its first character
     * @param end the offset after its last character
     */
    public record Span(int start, int end) {}

    /** Where a term, literal, rule or {@code else} branch stands, without parentheses around it; null when nobody wrote it. */
    public @Nullable Span of(Object node) {
        return inner.get(node);
    }

    /** The same with the parentheses around it. */
    public @Nullable Span withParentheses(Object node) {
        Span span = outer.get(node);
        return span == null ? inner.get(node) : span;
    }

    /** Where the head of a rule or {@code else} branch stands: all before {@code if}. */
    public @Nullable Span head(Object rule) {
        return heads.get(rule);
    }

    void put(Object node, int start, int end) {
        inner.put(node, new Span(start, end));
    }

    void putParentheses(Object node, int start, int end) {
        outer.put(node, new Span(start, end));
    }

    void putHead(Object rule, int start, int end) {
        heads.put(rule, new Span(start, end));
    }
}
