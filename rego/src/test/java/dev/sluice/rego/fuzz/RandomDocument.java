package dev.sluice.rego.fuzz;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import java.util.Random;

/** Random documents with the fields that random programs look at, and {@code rows} to look things up in. */
final class RandomDocument {
    private static final int MANY = 16;

    private RandomDocument() {}

    /** A random object. */
    static ObjectValue of(Random random) {
        return of(random, false);
    }

    /** @param large whether {@code rows}, and perhaps {@code xs}, have so many elements that an index of them may pay */
    static ObjectValue of(Random random, boolean large) {
        Value[] rows = new Value[large ? MANY + random.nextInt(MANY / 2) : random.nextInt(5)];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = random.nextInt(8) == 0 ? value(random, 1) : row(random);
        }
        ObjectValue.Builder builder = ObjectValue.builder().putAll(object(random, 3));
        if (random.nextInt(8) > 0) {
            builder.put("rows", ArrayValue.of(rows));
        }
        if (large && random.nextInt(3) == 0) {
            Value[] xs = new Value[MANY];
            for (int i = 0; i < xs.length; i++) {
                xs[i] = value(random, 1);
            }
            builder.put("xs", ArrayValue.of(xs));
        }
        return builder.build();
    }

    private static Value row(Random random) {
        ObjectValue.Builder builder = ObjectValue.builder();
        for (String field : List.of("a", "b", "n")) {
            if (random.nextInt(6) > 0) {
                builder.put(field, value(random, 0));
            }
        }
        return builder.build();
    }

    private static ObjectValue object(Random random, int depth) {
        ObjectValue.Builder builder = ObjectValue.builder();
        for (String key : RandomProgram.KEYS) {
            if (random.nextInt(4) > 0) {
                builder.put(key, key.equals("xs") ? array(random, depth - 1) : value(random, depth - 1));
            }
        }
        return builder.build();
    }

    private static Value value(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 10 : 6);
        return switch (kind) {
            case 0 -> NullValue.NULL;
            case 1 -> BooleanValue.of(random.nextBoolean());
            case 2 -> StringValue.of(List.of("a", "b", "ab", "xs").get(random.nextInt(4)));
            case 3, 4 -> NumberValue.of(random.nextInt(3));
            case 5 -> NumberValue.parse(List.of("1.5", "0.25", "1.0", "-1").get(random.nextInt(4)));
            case 6, 7 -> array(random, depth - 1);
            default -> object(random, depth - 1);
        };
    }

    private static Value array(Random random, int depth) {
        Value[] items = new Value[random.nextInt(4)];
        for (int i = 0; i < items.length; i++) {
            items[i] = value(random, depth);
        }
        return ArrayValue.of(items);
    }
}
