package dev.sluice.rego.graphql;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads type system documents. */
final class SchemaParser extends Parser {
    private static final Set<String> OPERATIONS = Set.of("query", "mutation", "subscription");
    private static final Set<String> LOCATIONS = Set.of(
            "QUERY",
            "MUTATION",
            "SUBSCRIPTION",
            "FIELD",
            "FRAGMENT_DEFINITION",
            "FRAGMENT_SPREAD",
            "INLINE_FRAGMENT",
            "VARIABLE_DEFINITION",
            "SCHEMA",
            "SCALAR",
            "OBJECT",
            "FIELD_DEFINITION",
            "ARGUMENT_DEFINITION",
            "INTERFACE",
            "UNION",
            "ENUM",
            "ENUM_VALUE",
            "INPUT_OBJECT",
            "INPUT_FIELD_DEFINITION");

    SchemaParser(String text) {
        super(text);
    }

    /** A text before a definition, and the comments before that. */
    private record Description(String text, List<String> comments) {}

    Document parse() throws GraphQlException {
        List<ObjectValue> schemas = new ArrayList<>();
        List<ObjectValue> schemaExtensions = new ArrayList<>();
        List<ObjectValue> directives = new ArrayList<>();
        List<ObjectValue> definitions = new ArrayList<>();
        List<ObjectValue> extensions = new ArrayList<>();
        while (!peek().is(Token.Kind.EOF)) {
            Token first = peek();
            Description description = description();
            Token word = peek();
            if (!word.is(Token.Kind.NAME)) {
                throw unexpected(word);
            }
            switch (word.value()) {
                case "schema" -> schemas.add(schema(description, false));
                case "directive" -> directives.add(directive(description));
                case "extend" -> {
                    if (!description.text.isEmpty()) {
                        throw unexpected(first);
                    }
                    next();
                    if (peek().isName("schema")) {
                        schemaExtensions.add(schema(new Description("", List.of()), true));
                    } else {
                        extensions.add(definition(new Description("", List.of()), word.comments(), true));
                    }
                }
                default -> definitions.add(definition(description, word.comments(), false));
            }
        }
        ObjectValue.Builder tree = ObjectValue.builder();
        put(tree, "Schema", schemas);
        put(tree, "SchemaExtension", schemaExtensions);
        put(tree, "Directives", directives);
        put(tree, "Definitions", definitions);
        put(tree, "Extensions", extensions);
        comment(tree, "Comment", peek().comments());
        return document(tree.build());
    }

    private Description description() {
        Token first = peek();
        if (first.is(Token.Kind.STRING) || first.is(Token.Kind.BLOCK_STRING)) {
            next();
            return new Description(first.value(), first.comments());
        }
        return new Description("", List.of());
    }

    private static void comments(ObjectValue.Builder out, Description description, List<String> after) {
        comment(out, "BeforeDescriptionComment", description.comments);
        comment(out, "AfterDescriptionComment", after);
    }

    private ObjectValue schema(Description description, boolean extension) throws GraphQlException {
        Token word = next();
        Position position = peek().position();
        ObjectValue.Builder out = ObjectValue.builder();
        put(out, "Description", description.text);
        List<ObjectValue> directives = directives(true);
        put(out, "Directives", directives);
        List<ObjectValue> operations = some(Token.Kind.BRACE_L, Token.Kind.BRACE_R, this::operationType);
        put(out, "OperationTypes", operations);
        if (extension && directives.isEmpty() && operations.isEmpty()) {
            throw unexpected(peek());
        }
        comments(out, description, word.comments());
        return node(out, position);
    }

    private ObjectValue operationType() throws GraphQlException {
        Token first = next();
        if (!first.is(Token.Kind.NAME) || !OPERATIONS.contains(first.value())) {
            throw unexpected(first);
        }
        ObjectValue.Builder out = ObjectValue.builder();
        put(out, "Operation", first.value());
        expect(Token.Kind.COLON);
        put(out, "Type", name());
        comment(out, "Comment", first.comments());
        return node(out, first.position());
    }

    private ObjectValue definition(Description description, List<String> after, boolean extension)
            throws GraphQlException {
        Token word = peek();
        String kind = switch (word.is(Token.Kind.NAME) ? word.value() : "") {
            case "scalar" -> "SCALAR";
            case "type" -> "OBJECT";
            case "interface" -> "INTERFACE";
            case "union" -> "UNION";
            case "enum" -> "ENUM";
            case "input" -> "INPUT_OBJECT";
            default -> throw unexpected(word);
        };
        next();
        Position position = peek().position();
        ObjectValue.Builder out = ObjectValue.builder();
        put(out, "Kind", kind);
        put(out, "Description", description.text);
        put(out, "Name", name());
        out.put("BuiltIn", BooleanValue.FALSE);
        boolean implementing = kind.equals("OBJECT") || (kind.equals("INTERFACE") && !extension);
        List<StringValue> interfaces = implementing ? interfaces() : List.of();
        put(out, "Interfaces", interfaces);
        List<ObjectValue> directives = directives(true);
        put(out, "Directives", directives);
        int parts = interfaces.size() + directives.size() + body(kind, out);
        if (extension && parts == 0) {
            throw unexpected(peek());
        }
        comments(out, description, after);
        return node(out, position);
    }

    /** Reads what is special to a kind; tells how many parts there were. */
    private int body(String kind, ObjectValue.Builder out) throws GraphQlException {
        switch (kind) {
            case "OBJECT", "INTERFACE" -> {
                List<ObjectValue> fields = some(Token.Kind.BRACE_L, Token.Kind.BRACE_R, () -> inputOrField(true, true));
                put(out, "Fields", fields);
                return fields.size();
            }
            case "INPUT_OBJECT" -> {
                List<ObjectValue> fields =
                        some(Token.Kind.BRACE_L, Token.Kind.BRACE_R, () -> inputOrField(false, false));
                put(out, "Fields", fields);
                return fields.size();
            }
            case "ENUM" -> {
                List<ObjectValue> values = some(Token.Kind.BRACE_L, Token.Kind.BRACE_R, this::enumValue);
                put(out, "EnumValues", values);
                return values.size();
            }
            case "UNION" -> {
                List<StringValue> types = members();
                put(out, "Types", types);
                return types.size();
            }
            default -> {
                return 0;
            }
        }
    }

    private List<StringValue> interfaces() throws GraphQlException {
        List<StringValue> out = new ArrayList<>();
        if (peek().isName("implements")) {
            next();
            skip(Token.Kind.AMP);
            do {
                out.add(StringValue.of(name()));
            } while (skip(Token.Kind.AMP));
        }
        return out;
    }

    private List<StringValue> members() throws GraphQlException {
        List<StringValue> out = new ArrayList<>();
        if (skip(Token.Kind.EQUALS)) {
            skip(Token.Kind.PIPE);
            do {
                out.add(StringValue.of(name()));
            } while (skip(Token.Kind.PIPE));
        }
        return out;
    }

    /** A field of a type, or a value of an input or argument, which has a default instead of arguments. */
    private ObjectValue inputOrField(boolean field, boolean arguments) throws GraphQlException {
        Description description = description();
        Token first = peek();
        ObjectValue.Builder out = ObjectValue.builder();
        put(out, "Description", description.text);
        put(out, "Name", name());
        if (arguments) {
            put(out, "Arguments", some(Token.Kind.PAREN_L, Token.Kind.PAREN_R, () -> inputOrField(false, false)));
        }
        expect(Token.Kind.COLON);
        out.put("Type", type());
        if (!field && skip(Token.Kind.EQUALS)) {
            out.put("DefaultValue", value(true));
        }
        put(out, "Directives", directives(true));
        comments(out, description, first.comments());
        return node(out, first.position());
    }

    private ObjectValue enumValue() throws GraphQlException {
        Description description = description();
        Token first = peek();
        ObjectValue.Builder out = ObjectValue.builder();
        put(out, "Description", description.text);
        put(out, "Name", name());
        put(out, "Directives", directives(true));
        comments(out, description, first.comments());
        return node(out, first.position());
    }

    private ObjectValue directive(Description description) throws GraphQlException {
        Token word = next();
        expect(Token.Kind.AT);
        Position position = peek().position();
        ObjectValue.Builder out = ObjectValue.builder();
        put(out, "Description", description.text);
        put(out, "Name", name());
        put(out, "Arguments", some(Token.Kind.PAREN_L, Token.Kind.PAREN_R, () -> inputOrField(false, false)));
        boolean repeatable = peek().isName("repeatable");
        if (repeatable) {
            next();
        }
        out.put("IsRepeatable", BooleanValue.of(repeatable));
        expectWord("on");
        skip(Token.Kind.PIPE);
        List<StringValue> locations = new ArrayList<>();
        do {
            Token location = expect(Token.Kind.NAME);
            if (!LOCATIONS.contains(location.value())) {
                throw unexpected(location);
            }
            locations.add(StringValue.of(location.value()));
        } while (skip(Token.Kind.PIPE));
        put(out, "Locations", locations);
        comments(out, description, word.comments());
        return node(out, position);
    }
}
