package dev.sluice.rego.builtin;

import dev.sluice.rego.value.BooleanValue;

/** The comparison operators. */
final class Comparisons {
    private static final String SIGNATURE = "(x: any, y: any) -> result: boolean";

    private Comparisons() {}

    static void declare(Registry registry) {
        registry.addClockAware("equal", SIGNATURE, (ctx, a) -> BooleanValue.of(Clocks.equal(ctx, a[0], a[1])));
        registry.addClockAware("neq", SIGNATURE, (ctx, a) -> BooleanValue.of(!Clocks.equal(ctx, a[0], a[1])));
        registry.addClockAware("lt", SIGNATURE, (ctx, a) -> BooleanValue.of(Clocks.less(ctx, a[0], a[1])));
        registry.addClockAware("lte", SIGNATURE, (ctx, a) -> BooleanValue.of(Clocks.lessOrEqual(ctx, a[0], a[1])));
        registry.addClockAware("gt", SIGNATURE, (ctx, a) -> BooleanValue.of(!Clocks.lessOrEqual(ctx, a[0], a[1])));
        registry.addClockAware("gte", SIGNATURE, (ctx, a) -> BooleanValue.of(!Clocks.less(ctx, a[0], a[1])));
    }
}
