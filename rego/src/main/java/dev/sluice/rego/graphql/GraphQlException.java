package dev.sluice.rego.graphql;

import org.jspecify.annotations.Nullable;

/** Says what is wrong with a document, in the words of the library that OPA uses. */
public final class GraphQlException extends Exception {
    GraphQlException(@Nullable Position position, String message) {
        super(
                position == null
                        ? "GraphQL parse error: input: " + message
                        : message + " in GraphQL string at location " + position.line() + ":" + position.column(),
                null,
                false,
                false);
    }
}
