package dev.sluice.rego.graphql;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** What queries and schemas have in common: names, values, types, directives. One instance reads one text, once. */
abstract sealed class Parser permits QueryParser, SchemaParser {
    private static final int MAX_DEPTH = 200;

    private final Lexer lexer;
    private final IdentityHashMap<Value, Position> positions = new IdentityHashMap<>();
    private Token token;
    private int depth;

    Parser(String text) {
        this.lexer = new Lexer(text);
        this.token = lexer.next();
    }

    /** One entry of a list. */
    @FunctionalInterface
    interface Part<T> {
        T read() throws GraphQlException;
    }

    final Token peek() {
        return token;
    }

    final Token next() {
        Token taken = token;
        token = lexer.next();
        return taken;
    }

    final Document document(ObjectValue tree) {
        return new Document(tree, positions);
    }

    /** The built node, whose place is remembered. */
    final ObjectValue node(ObjectValue.Builder builder, Position position) {
        ObjectValue node = builder.build();
        positions.put(node, position);
        return node;
    }

    final GraphQlException unexpected(Token found) {
        return new GraphQlException(found.position(), "Unexpected " + found.describe());
    }

    final Token expect(Token.Kind kind) throws GraphQlException {
        if (!token.is(kind)) {
            throw new GraphQlException(token.position(), "Expected " + kind + ", found " + token.kind());
        }
        return next();
    }

    final Token expectWord(String word) throws GraphQlException {
        if (!token.isName(word)) {
            throw new GraphQlException(token.position(), "Expected \"" + word + "\", found " + token.describe());
        }
        return next();
    }

    final boolean skip(Token.Kind kind) {
        if (!token.is(kind)) {
            return false;
        }
        next();
        return true;
    }

    final String name() throws GraphQlException {
        return expect(Token.Kind.NAME).value();
    }

    /** Parts between brackets, at least one; none where the bracket is not there. */
    final <T> List<T> some(Token.Kind open, Token.Kind close, Part<T> part) throws GraphQlException {
        List<T> out = new ArrayList<>();
        if (!skip(open)) {
            return out;
        }
        if (token.is(close)) {
            throw new GraphQlException(token.position(), "expected at least one definition, found " + token.kind());
        }
        enter();
        while (!token.is(close)) {
            out.add(part.read());
        }
        depth--;
        next();
        return out;
    }

    private void enter() throws GraphQlException {
        if (++depth > MAX_DEPTH) {
            throw new GraphQlException(token.position(), "nested too deep");
        }
    }

    static void put(ObjectValue.Builder to, String field, List<? extends Value> values) {
        if (!values.isEmpty()) {
            to.put(field, ArrayValue.of(values));
        }
    }

    static void put(ObjectValue.Builder to, String field, String value) {
        to.put(field, StringValue.of(value));
    }

    static void comment(ObjectValue.Builder to, String field, List<String> comments) {
        if (!comments.isEmpty()) {
            List<Value> lines = new ArrayList<>();
            for (String line : comments) {
                lines.add(
                        ObjectValue.builder().put("Value", StringValue.of(line)).build());
            }
            to.put(
                    field,
                    ObjectValue.builder().put("List", ArrayValue.of(lines)).build());
        }
    }

    final ObjectValue type() throws GraphQlException {
        enter();
        ObjectValue.Builder out = ObjectValue.builder();
        boolean list = skip(Token.Kind.BRACKET_L);
        Position position = token.position();
        if (list) {
            out.put("Elem", type());
            expect(Token.Kind.BRACKET_R);
            put(out, "NamedType", "");
        } else {
            put(out, "NamedType", name());
        }
        out.put("NonNull", BooleanValue.of(skip(Token.Kind.BANG)));
        depth--;
        return node(out, position);
    }

    final List<ObjectValue> directives(boolean constant) throws GraphQlException {
        List<ObjectValue> out = new ArrayList<>();
        while (token.is(Token.Kind.AT)) {
            next();
            Position position = token.position();
            ObjectValue.Builder directive = ObjectValue.builder();
            put(directive, "Name", name());
            put(directive, "Arguments", arguments(constant));
            put(directive, "Location", "");
            out.add(node(directive, position));
        }
        return out;
    }

    final List<ObjectValue> arguments(boolean constant) throws GraphQlException {
        return some(Token.Kind.PAREN_L, Token.Kind.PAREN_R, () -> {
            Token first = peek();
            ObjectValue.Builder argument = ObjectValue.builder();
            put(argument, "Name", name());
            expect(Token.Kind.COLON);
            argument.put("Value", value(constant));
            comment(argument, "Comment", first.comments());
            return node(argument, first.position());
        });
    }

    final ObjectValue value(boolean constant) throws GraphQlException {
        Token first = token;
        switch (first.kind()) {
            case BRACKET_L -> {
                return list(constant);
            }
            case BRACE_L -> {
                return object(constant);
            }
            case DOLLAR -> {
                if (constant) {
                    throw unexpected(first);
                }
                next();
                return value(first, ValueKind.VARIABLE, name(), List.of());
            }
            default -> {}
        }
        ValueKind kind = switch (first.kind()) {
            case INT -> ValueKind.INT;
            case FLOAT -> ValueKind.FLOAT;
            case STRING -> ValueKind.STRING;
            case BLOCK_STRING -> ValueKind.BLOCK;
            case NAME ->
                switch (first.value()) {
                    case "true", "false" -> ValueKind.BOOLEAN;
                    case "null" -> ValueKind.NULL;
                    default -> ValueKind.ENUM;
                };
            default -> throw unexpected(first);
        };
        next();
        return value(first, kind, first.value(), List.of());
    }

    private ObjectValue value(Token first, ValueKind kind, String raw, List<ObjectValue> children) {
        ObjectValue.Builder out = ObjectValue.builder();
        put(out, "Raw", raw);
        put(out, "Children", children);
        out.put("Kind", NumberValue.of(kind.ordinal())).put("ExpectedTypeHasDefault", BooleanValue.FALSE);
        if (kind == ValueKind.LIST || kind == ValueKind.OBJECT) {
            comment(out, "Comment", first.comments());
        }
        return node(out, first.position());
    }

    private ObjectValue list(boolean constant) throws GraphQlException {
        Token first = next();
        List<ObjectValue> children = new ArrayList<>();
        enter();
        while (!token.is(Token.Kind.BRACKET_R)) {
            ObjectValue.Builder child = ObjectValue.builder();
            put(child, "Name", "");
            child.put("Value", value(constant));
            children.add(child.build());
        }
        depth--;
        next();
        return value(first, ValueKind.LIST, "", children);
    }

    private ObjectValue object(boolean constant) throws GraphQlException {
        Token first = next();
        List<ObjectValue> children = new ArrayList<>();
        enter();
        while (!token.is(Token.Kind.BRACE_R)) {
            Token name = peek();
            ObjectValue.Builder child = ObjectValue.builder();
            put(child, "Name", name());
            expect(Token.Kind.COLON);
            child.put("Value", value(constant));
            comment(child, "Comment", name.comments());
            children.add(node(child, name.position()));
        }
        depth--;
        next();
        return value(first, ValueKind.OBJECT, "", children);
    }
}
