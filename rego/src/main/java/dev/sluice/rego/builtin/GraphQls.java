package dev.sluice.rego.builtin;

import dev.sluice.rego.graphql.Document;
import dev.sluice.rego.graphql.GraphQl;
import dev.sluice.rego.graphql.GraphQlException;
import dev.sluice.rego.graphql.Schema;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;

/** GraphQL documents: {@code graphql.*}. */
final class GraphQls {
    private static final String DOCUMENT = "any<string, object[any: any]>";
    private static final Value UNVERIFIED = ArrayValue.of(BooleanValue.FALSE, ObjectValue.EMPTY, ObjectValue.EMPTY);

    private GraphQls() {}

    static void declare(Registry registry) {
        registry.add(
                "graphql.parse",
                "(query: " + DOCUMENT + ", schema: " + DOCUMENT
                        + ") -> output: array<object[any: any], object[any: any]>",
                (_, args) -> {
                    try {
                        Parsed parsed = Parsed.of(args);
                        return ArrayValue.of(parsed.query.tree(), parsed.schema.tree());
                    } catch (GraphQlException wrong) {
                        throw BuiltinException.value(String.valueOf(wrong.getMessage()));
                    }
                });
        registry.add(
                "graphql.parse_and_verify",
                "(query: " + DOCUMENT + ", schema: " + DOCUMENT
                        + ") -> output: array<boolean, object[any: any], object[any: any]>",
                (_, args) -> {
                    try {
                        Parsed parsed = Parsed.of(args);
                        return ArrayValue.of(BooleanValue.TRUE, parsed.query.tree(), parsed.schema.tree());
                    } catch (GraphQlException | BuiltinException wrong) {
                        return UNVERIFIED;
                    }
                });
        registry.add("graphql.parse_query", "(query: string) -> output: object[any: any]", (_, args) -> {
            try {
                return GraphQl.parseQuery(Operands.string(args, 0)).tree();
            } catch (GraphQlException wrong) {
                throw BuiltinException.value(String.valueOf(wrong.getMessage()));
            }
        });
        registry.add("graphql.parse_schema", "(schema: string) -> output: object[any: any]", (_, args) -> {
            try {
                return GraphQl.parseSchema(Operands.string(args, 0)).tree();
            } catch (GraphQlException wrong) {
                throw BuiltinException.value(String.valueOf(wrong.getMessage()));
            }
        });
        registry.add(
                "graphql.is_valid",
                "(query: " + DOCUMENT + ", schema: " + DOCUMENT + ") -> output: boolean",
                (_, args) -> {
                    try {
                        Parsed.of(args);
                        return BooleanValue.TRUE;
                    } catch (GraphQlException | BuiltinException wrong) {
                        return BooleanValue.FALSE;
                    }
                });
        registry.add("graphql.schema_is_valid", "(schema: " + DOCUMENT + ") -> output: boolean", (_, args) -> {
            try {
                Schema schema = GraphQl.schema(document(args, 0, false));
                return BooleanValue.of(schema != null);
            } catch (GraphQlException | BuiltinException wrong) {
                return BooleanValue.FALSE;
            }
        });
    }

    /** A query that holds against a schema. */
    private record Parsed(Document query, Document schema) {
        static Parsed of(Value[] args) throws GraphQlException, BuiltinException {
            Document query = document(args, 0, true);
            Document schema = document(args, 1, false);
            GraphQl.validate(GraphQl.schema(schema), query);
            return new Parsed(query, schema);
        }
    }

    private static Document document(Value[] args, int i, boolean query) throws GraphQlException, BuiltinException {
        return switch (args[i]) {
            case StringValue text -> query ? GraphQl.parseQuery(text.value()) : GraphQl.parseSchema(text.value());
            case ObjectValue tree -> Document.of(tree);
            default -> throw BuiltinException.wrongType(i, args[i], "string", "object");
        };
    }
}
