package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Operands taken as what a function needs, or refused in OPA's words. Positions count from 0 here, from 1 in texts. */
final class Operands {
    private static final String NOT_INTEGER = "must be integer number but got floating-point number";

    private Operands() {}

    static String string(Value[] args, int i) throws BuiltinException {
        if (args[i] instanceof StringValue string) {
            return string.value();
        }
        throw BuiltinException.wrongType(i + 1, args[i], Kind.STRING);
    }

    static NumberValue number(Value[] args, int i) throws BuiltinException {
        if (args[i] instanceof NumberValue number) {
            return number;
        }
        throw BuiltinException.wrongType(i + 1, args[i], Kind.NUMBER);
    }

    /** A whole number of 64 bits that is written without exponent: 10 and 10.0, not 1e1. */
    static long integer(Value[] args, int i) throws BuiltinException {
        NumberValue number = number(args, i);
        if (!number.isLong() || number.text().indexOf('e') >= 0 || number.text().indexOf('E') >= 0) {
            throw BuiltinException.operand(i + 1, NOT_INTEGER);
        }
        return number.longValue();
    }

    /** A whole number of any size, however written. */
    static BigInteger bigInteger(Value[] args, int i) throws BuiltinException {
        if (!(args[i] instanceof NumberValue number)) {
            throw BuiltinException.wrongType(i + 1, args[i], "integer");
        }
        BigInteger whole = number.bigIntegerValue();
        if (whole == null) {
            throw BuiltinException.operand(i + 1, NOT_INTEGER);
        }
        return whole;
    }

    static ArrayValue array(Value[] args, int i) throws BuiltinException {
        if (args[i] instanceof ArrayValue array) {
            return array;
        }
        throw BuiltinException.wrongType(i + 1, args[i], Kind.ARRAY);
    }

    static SetValue set(Value[] args, int i) throws BuiltinException {
        if (args[i] instanceof SetValue set) {
            return set;
        }
        throw BuiltinException.wrongType(i + 1, args[i], Kind.SET);
    }

    static ObjectValue object(Value[] args, int i) throws BuiltinException {
        if (args[i] instanceof ObjectValue object) {
            return object;
        }
        throw BuiltinException.wrongType(i + 1, args[i], Kind.OBJECT);
    }

    /** The strings of an array or set. */
    static List<String> strings(Value[] args, int i) throws BuiltinException {
        Iterable<Value> elements = switch (args[i]) {
            case ArrayValue array -> array;
            case SetValue set -> set;
            default -> throw BuiltinException.wrongType(i + 1, args[i], Kind.ARRAY, Kind.SET);
        };
        List<String> strings = new ArrayList<>();
        for (Value element : elements) {
            if (!(element instanceof StringValue string)) {
                throw BuiltinException.wrongElement(i + 1, args[i], element, "string");
            }
            strings.add(string.value());
        }
        return strings;
    }
}
