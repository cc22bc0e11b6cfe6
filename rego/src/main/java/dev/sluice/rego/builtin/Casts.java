package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.Locale;

/** Functions that ask for the kind of a value or change it. */
final class Casts {
    private Casts() {}

    static void declare(Registry registry) {
        for (Kind kind : Kind.values()) {
            registry.addClockAware(
                    "is_" + kind.word(),
                    "(x: any) -> result: boolean",
                    (_, args) -> BooleanValue.of(args[0].kind() == kind));
        }
        registry.addClockAware(
                "type_name",
                "(x: any) -> type: string",
                (_, args) -> StringValue.ofName(args[0].kind().word()));
        registry.addClockAware(
                "to_number", "(value: any<null, boolean, number, string>) -> num: number", Casts::toNumber);

        registry.add("cast_array", "(any) -> array[any]", (_, args) -> switch (args[0]) {
            case ArrayValue array -> array;
            case SetValue set -> set.toSortedArray();
            default -> throw BuiltinException.wrongType(1, args[0], Kind.ARRAY, Kind.SET);
        });
        registry.add("cast_set", "(any) -> set[any]", (_, args) -> switch (args[0]) {
            case ArrayValue array -> SetValue.of(array.toArray());
            case SetValue set -> set;
            default -> throw BuiltinException.wrongType(1, args[0], Kind.ARRAY, Kind.SET);
        });
        registry.add("cast_string", "(any) -> string", (_, args) -> only(args[0], Kind.STRING));
        registry.add("cast_boolean", "(any) -> boolean", (_, args) -> only(args[0], Kind.BOOLEAN));
        registry.add("cast_null", "(any) -> null", (_, args) -> only(args[0], Kind.NULL));
        registry.add("cast_object", "(any) -> object[any: any]", (_, args) -> only(args[0], Kind.OBJECT));
    }

    private static Value only(Value value, Kind kind) throws BuiltinException {
        if (value.kind() != kind) {
            throw BuiltinException.wrongType(1, value, kind);
        }
        return value;
    }

    private static Value toNumber(CallContext ctx, Value[] args) throws BuiltinException {
        return switch (args[0]) {
            case NullValue _ -> NumberValue.ZERO;
            case BooleanValue bool -> bool.value() ? NumberValue.ONE : NumberValue.ZERO;
            case NumberValue number -> number;
            case StringValue string -> parse(string);
            default -> throw BuiltinException.wrongType(1, args[0], Kind.NULL, Kind.BOOLEAN, Kind.NUMBER, Kind.STRING);
        };
    }

    private static Value parse(StringValue string) throws BuiltinException {
        String text = string.value();
        String bare =
                GoStrings.trim(text, c -> c == '+' || c == '-', true, false).toLowerCase(Locale.ROOT);
        if (bare.equals("inf") || bare.equals("infinity") || bare.equals("nan")) {
            throw BuiltinException.wrongType(1, string, "valid number string");
        }
        String json = normalized(text);
        try {
            NumberValue number = NumberValue.parse(json);
            if (Double.isInfinite(number.asDouble())) {
                throw BuiltinException.value("strconv.ParseFloat: parsing " + string + ": value out of range");
            }
            return number;
        } catch (NumberFormatException failure) {
            if ("number too big".equals(failure.getMessage())) {
                throw BuiltinException.value("number too big");
            }
            throw BuiltinException.value("strconv.ParseFloat: parsing " + string + ": invalid syntax");
        }
    }

    /** Forms that Go's parser takes beside JSON's: a plus sign, leading zeros, nothing before or after the point. */
    private static String normalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        boolean negative = text.charAt(0) == '-';
        String digits = negative || text.charAt(0) == '+' ? text.substring(1) : text;
        int end = 0;
        while (end < digits.length() && digits.charAt(end) >= '0' && digits.charAt(end) <= '9') {
            end++;
        }
        String whole = digits.substring(0, end);
        String rest = digits.substring(end);
        int zeros = 0;
        while (zeros < whole.length() - 1 && whole.charAt(zeros) == '0') {
            zeros++;
        }
        whole = whole.substring(zeros);
        if (whole.isEmpty() && rest.length() > 1 && rest.charAt(0) == '.' && Character.isDigit(rest.charAt(1))) {
            whole = "0";
        }
        if (!whole.isEmpty() && rest.startsWith(".") && (rest.length() == 1 || !Character.isDigit(rest.charAt(1)))) {
            rest = rest.substring(1);
        }
        return (negative ? "-" : "") + whole + rest;
    }
}
