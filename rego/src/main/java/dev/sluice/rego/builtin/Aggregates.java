package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions that make one value of many, membership, and ranges of numbers. */
final class Aggregates {
    private static final String COLLECTION = "any<array[any], set[any]>";
    private static final String NUMBERS = "any<array[number], set[number]>";
    /** Roughly the bytes that a number of a range takes with its place in the array. */
    private static final int RANGE_ELEMENT = 28;

    private static final int MAX_RANGE = 10_000_000;

    private Aggregates() {}

    static void declare(Registry registry) {
        registry.addClockAware(
                "count",
                "(collection: any<string, array[any], object[any: any], set[any]>) -> n: number",
                Aggregates::count);
        registry.add("sum", "(collection: " + NUMBERS + ") -> n: number", (_, args) -> NumberValue.sum(numbers(args)));
        registry.add("product", "(collection: " + NUMBERS + ") -> n: number", Aggregates::product);
        registry.add("max", "(collection: " + COLLECTION + ") -> n: any", (_, args) -> extreme(args, 1));
        registry.add("min", "(collection: " + COLLECTION + ") -> n: any", (_, args) -> extreme(args, -1));
        registry.add("sort", "(collection: " + COLLECTION + ") -> n: array[any]", (_, args) -> {
            Value[] elements = elements(args[0]).toArray();
            Arrays.sort(elements);
            return ArrayValue.ofOwned(elements);
        });
        registry.add("all", "(" + COLLECTION + ") -> boolean", (_, args) -> {
            boolean all = true;
            for (Value element : arrayOrSet(args[0])) {
                all &= element == BooleanValue.TRUE;
            }
            return BooleanValue.of(all);
        });
        registry.add("any", "(" + COLLECTION + ") -> boolean", (_, args) -> {
            boolean any = false;
            for (Value element : arrayOrSet(args[0])) {
                any |= element == BooleanValue.TRUE;
            }
            return BooleanValue.of(any);
        });
        registry.addClockAware("internal.member_2", "(any, any) -> boolean", Aggregates::member);
        registry.addClockAware("internal.member_3", "(any, any, any) -> boolean", Aggregates::memberWithKey);
        registry.add(
                "numbers.range",
                "(a: number, b: number) -> range: array[number]",
                (ctx, args) -> range(ctx, Operands.bigInteger(args, 0), Operands.bigInteger(args, 1), BigInteger.ONE));
        registry.add(
                "numbers.range_step", "(a: number, b: number, step: number) -> range: array[number]", (ctx, args) -> {
                    BigInteger from = Operands.bigInteger(args, 0);
                    BigInteger to = Operands.bigInteger(args, 1);
                    BigInteger step = Operands.bigInteger(args, 2);
                    if (step.signum() <= 0) {
                        throw BuiltinException.value("numbers.range_step: step must be a positive integer");
                    }
                    return range(ctx, from, to, step);
                });
    }

    private static Value count(CallContext ctx, Value[] args) throws BuiltinException {
        return switch (args[0]) {
            case ArrayValue array -> NumberValue.of(array.size());
            case ObjectValue object -> NumberValue.of(object.size());
            case SetValue set -> NumberValue.of(set.size());
            case StringValue string ->
                NumberValue.of(string.value().codePointCount(0, string.value().length()));
            default -> throw BuiltinException.wrongType(1, args[0], Kind.ARRAY, Kind.OBJECT, Kind.SET, Kind.STRING);
        };
    }

    private static ArrayValue elements(Value collection) throws BuiltinException {
        return switch (collection) {
            case ArrayValue array -> array;
            case SetValue set -> set.toSortedArray();
            default -> throw BuiltinException.wrongType(1, collection, Kind.SET, Kind.ARRAY);
        };
    }

    private static Iterable<Value> arrayOrSet(Value collection) throws BuiltinException {
        return switch (collection) {
            case ArrayValue array -> array;
            case SetValue set -> set;
            default -> throw BuiltinException.wrongType(1, collection, Kind.ARRAY, Kind.SET);
        };
    }

    private static List<NumberValue> numbers(Value[] args) throws BuiltinException {
        List<NumberValue> numbers = new ArrayList<>();
        for (Value element : elements(args[0])) {
            if (!(element instanceof NumberValue number)) {
                throw BuiltinException.wrongElement(1, args[0], element, "number");
            }
            numbers.add(number);
        }
        return numbers;
    }

    private static Value product(CallContext ctx, Value[] args) throws BuiltinException {
        List<NumberValue> numbers = numbers(args);
        long bits = 0;
        for (NumberValue number : numbers) {
            bits += Numbers.bits(number);
        }
        if (bits > Numbers.MAX_BITS) {
            throw BuiltinException.value("product too big");
        }
        return NumberValue.product(numbers);
    }

    private static @Nullable Value extreme(Value[] args, int sign) throws BuiltinException {
        @Nullable Value best = null;
        for (Value element : elements(args[0])) {
            if (best == null || element.compareTo(best) * sign >= 0) {
                best = element;
            }
        }
        return best;
    }

    private static Value member(CallContext ctx, Value[] args) {
        return BooleanValue.of(
                switch (args[1]) {
                    case SetValue set -> set.contains(Clocks.freeze(ctx, args[0]));
                    case ArrayValue array -> contains(ctx, array, args[0]);
                    case ObjectValue object -> contains(ctx, object, args[0]);
                    default -> false;
                });
    }

    private static boolean contains(CallContext ctx, ArrayValue array, Value sought) {
        if (!array.dependsOnClock() && !sought.dependsOnClock()) {
            return array.contains(sought);
        }
        for (int i = 0; i < array.size(); i++) {
            if (Clocks.equal(ctx, array.get(i), sought)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(CallContext ctx, ObjectValue object, Value sought) {
        for (int i = 0; i < object.size(); i++) {
            if (Clocks.equal(ctx, object.valueAt(i), sought)) {
                return true;
            }
        }
        return false;
    }

    private static Value memberWithKey(CallContext ctx, Value[] args) {
        Value key = Clocks.freeze(ctx, args[0]);
        return BooleanValue.of(
                switch (args[2]) {
                    case SetValue set -> set.contains(key) && Clocks.equal(ctx, key, args[1]);
                    case ArrayValue array -> {
                        Value element = element(array, key);
                        yield element != null && Clocks.equal(ctx, element, args[1]);
                    }
                    case ObjectValue object -> {
                        Value value = object.get(key);
                        yield value != null && Clocks.equal(ctx, value, args[1]);
                    }
                    default -> false;
                });
    }

    /** What {@code array[key]} denotes. */
    static @Nullable Value element(ArrayValue array, Value key) {
        if (key instanceof NumberValue number && number.isLong()) {
            long index = number.longValue();
            return index >= 0 && index < array.size() ? array.get((int) index) : null;
        }
        return null;
    }

    private static Value range(CallContext ctx, BigInteger from, BigInteger to, BigInteger step)
            throws BuiltinException {
        BigInteger count = to.subtract(from).abs().divide(step).add(BigInteger.ONE);
        if (count.compareTo(BigInteger.valueOf(MAX_RANGE)) > 0) {
            throw BuiltinException.value("range of more than " + MAX_RANGE + " numbers");
        }
        ctx.reserve((long) RANGE_ELEMENT * count.intValueExact());
        BigInteger advance = from.compareTo(to) <= 0 ? step : step.negate();
        Value[] numbers = new Value[count.intValueExact()];
        BigInteger number = from;
        for (int i = 0; i < numbers.length; i++) {
            if ((i & 0xfff) == 0) {
                ctx.checkDeadline();
            }
            numbers[i] = NumberValue.of(number);
            number = number.add(advance);
        }
        return ArrayValue.ofOwned(numbers);
    }
}
