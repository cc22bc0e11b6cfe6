package dev.sluice.rego.syntax;

import java.util.List;

/**
 * A module as it is written: its tree and what the tree does not tell.
 *
 * @param text the text it was read from
 * @param spans where its nodes stand in the text
 * @param comments its comments, in order
 */
public record Written(Module module, String text, Spans spans, List<Comment> comments) {
    public Written {
        comments = List.copyOf(comments);
    }
}
