package dev.sluice.rego.builtin;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads signatures such as {@code (x: number, s: set[any]) -> y: any<null, string>}. */
final class SignatureParser {
    private final String text;
    private int at;

    SignatureParser(String text) {
        this.text = text;
    }

    /** Parameters and result of a function. */
    record Signature(List<Parameter> parameters, Parameter result) {}

    Signature signature() {
        List<Parameter> parameters = new ArrayList<>();
        expect("(");
        while (!skip(")")) {
            parameters.add(parameter());
            skip(",");
        }
        expect("->");
        return new Signature(List.copyOf(parameters), parameter());
    }

    Type wholeType() {
        Type type = type();
        if (at != text.length()) {
            throw malformed();
        }
        return type;
    }

    private Parameter parameter() {
        int start = at;
        String name = word();
        if (skip(":")) {
            return new Parameter(name, type());
        }
        at = start;
        return new Parameter("", type());
    }

    private Type type() {
        String word = word();
        return switch (word) {
            case "null" -> Type.Scalar.NULL;
            case "boolean" -> Type.Scalar.BOOLEAN;
            case "number" -> Type.Scalar.NUMBER;
            case "string" -> Type.Scalar.STRING;
            case "any" -> skip("<") ? new Type.AnyOf(types()) : Type.ANY;
            case "array" -> {
                List<Type> items = skip("<") ? types() : List.of();
                yield new Type.ArrayType(items, skip("[") ? closed(type()) : null);
            }
            case "set" -> {
                expect("[");
                yield new Type.SetType(closed(type()));
            }
            case "object" -> object();
            default -> throw malformed();
        };
    }

    private Type object() {
        List<Type.Field> fields = new ArrayList<>();
        if (skip("<")) {
            while (!skip(">")) {
                String name = word();
                expect(":");
                fields.add(new Type.Field(name, type()));
                skip(",");
            }
        }
        @Nullable Type key = null;
        @Nullable Type value = null;
        if (skip("[")) {
            key = type();
            expect(":");
            value = closed(type());
        }
        return new Type.ObjectType(List.copyOf(fields), key, value);
    }

    private List<Type> types() {
        List<Type> types = new ArrayList<>();
        while (!skip(">")) {
            types.add(type());
            skip(",");
        }
        return List.copyOf(types);
    }

    private Type closed(Type type) {
        expect("]");
        return type;
    }

    private String word() {
        spaces();
        int start = at;
        // A name may hold a space: "formatted timestamp".
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_' || isInnerSpace())) {
            at++;
        }
        if (at == start) {
            throw malformed();
        }
        return text.substring(start, at);
    }

    private boolean isInnerSpace() {
        return text.charAt(at) == ' ' && at + 1 < text.length() && Character.isLetter(text.charAt(at + 1));
    }

    private boolean skip(String token) {
        spaces();
        if (text.startsWith(token, at)) {
            at += token.length();
            return true;
        }
        return false;
    }

    private void expect(String token) {
        if (!skip(token)) {
            throw malformed();
        }
    }

    private void spaces() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private IllegalArgumentException malformed() {
        return new IllegalArgumentException("malformed signature at " + at + ": " + text);
    }
}
