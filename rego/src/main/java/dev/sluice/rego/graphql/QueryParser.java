package dev.sluice.rego.graphql;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads executable documents: operations and fragments. */
final class QueryParser extends Parser {
    private static final Set<String> OPERATIONS = Set.of("query", "mutation", "subscription");

    QueryParser(String text) {
        super(text);
    }

    Document parse() throws GraphQlException {
        List<ObjectValue> operations = new ArrayList<>();
        List<ObjectValue> fragments = new ArrayList<>();
        while (!peek().is(Token.Kind.EOF)) {
            if (peek().isName("fragment")) {
                fragments.add(fragment());
            } else if (peek().is(Token.Kind.BRACE_L)
                    || (peek().is(Token.Kind.NAME) && OPERATIONS.contains(peek().value()))) {
                operations.add(operation());
            } else {
                throw unexpected(peek());
            }
        }
        ObjectValue.Builder tree = ObjectValue.builder();
        put(tree, "Operations", operations);
        put(tree, "Fragments", fragments);
        return document(tree.build());
    }

    private ObjectValue operation() throws GraphQlException {
        Token first = peek();
        ObjectValue.Builder out = ObjectValue.builder();
        if (first.is(Token.Kind.BRACE_L)) {
            put(out, "Operation", "query");
            put(out, "Name", "");
        } else {
            put(out, "Operation", next().value());
            put(out, "Name", peek().is(Token.Kind.NAME) ? next().value() : "");
            put(out, "VariableDefinitions", variables());
            put(out, "Directives", directives(false));
            comment(out, "Comment", first.comments());
        }
        put(out, "SelectionSet", selections());
        return node(out, first.position());
    }

    private List<ObjectValue> variables() throws GraphQlException {
        return some(Token.Kind.PAREN_L, Token.Kind.PAREN_R, () -> {
            Token first = expect(Token.Kind.DOLLAR);
            ObjectValue.Builder out = ObjectValue.builder();
            put(out, "Variable", name());
            expect(Token.Kind.COLON);
            out.put("Type", type());
            if (skip(Token.Kind.EQUALS)) {
                out.put("DefaultValue", value(true));
            }
            put(out, "Directives", directives(false));
            out.put("Used", BooleanValue.FALSE);
            comment(out, "Comment", first.comments());
            return node(out, first.position());
        });
    }

    private List<ObjectValue> selections() throws GraphQlException {
        if (!peek().is(Token.Kind.BRACE_L)) {
            throw new GraphQlException(
                    peek().position(), "Expected " + Token.Kind.BRACE_L + ", found " + peek().kind());
        }
        return some(Token.Kind.BRACE_L, Token.Kind.BRACE_R, () -> peek().is(Token.Kind.SPREAD) ? spread() : field());
    }

    private ObjectValue field() throws GraphQlException {
        Token first = peek();
        ObjectValue.Builder out = ObjectValue.builder();
        String alias = name();
        put(out, "Alias", alias);
        put(out, "Name", skip(Token.Kind.COLON) ? name() : alias);
        put(out, "Arguments", arguments(false));
        put(out, "Directives", directives(false));
        if (peek().is(Token.Kind.BRACE_L)) {
            put(out, "SelectionSet", selections());
        }
        comment(out, "Comment", first.comments());
        return node(out, first.position());
    }

    private ObjectValue spread() throws GraphQlException {
        Token dots = next();
        Position position = peek().position();
        ObjectValue.Builder out = ObjectValue.builder();
        if (peek().is(Token.Kind.NAME) && !peek().isName("on")) {
            put(out, "Name", next().value());
            put(out, "Directives", directives(false));
        } else {
            put(out, "TypeCondition", peek().isName("on") ? condition() : "");
            put(out, "Directives", directives(false));
            put(out, "SelectionSet", selections());
        }
        comment(out, "Comment", dots.comments());
        return node(out, position);
    }

    private String condition() throws GraphQlException {
        next();
        return name();
    }

    private ObjectValue fragment() throws GraphQlException {
        Token first = next();
        ObjectValue.Builder out = ObjectValue.builder();
        if (peek().isName("on")) {
            throw unexpected(peek());
        }
        put(out, "Name", name());
        put(out, "VariableDefinition", variables());
        expectWord("on");
        put(out, "TypeCondition", name());
        put(out, "Directives", directives(false));
        put(out, "SelectionSet", selections());
        comment(out, "Comment", first.comments());
        return node(out, first.position());
    }
}
