package dev.sluice.rego.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** A result holds at every instant from now up to, and not including, the horizon told beside it. */
class HorizonTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;
    private static final long NOON = 1_700_000_000L * SECOND;

    private static NumberValue n(long value) {
        return NumberValue.of(value);
    }

    /** Something a policy computes from the present time. */
    private interface Question {
        Value ask(Calls calls);
    }

    private static Value answer(Calls calls, Question question) {
        return Clocks.freeze(calls, question.ask(calls));
    }

    private static void holdsUntilTheHorizon(long now, Question question, long seed) {
        Calls first = new Calls(now);
        String answer = Json.write(answer(first, question));
        long horizon = first.horizon();
        assertThat(horizon).isGreaterThan(now);
        Random random = new Random(seed);
        long reach = Math.min(horizon - now, 400 * DAY);
        for (int i = 0; i < 40; i++) {
            long later = now
                    + switch (i) {
                        case 0 -> reach - 1;
                        case 1 -> Math.min(1, reach - 1);
                        default -> random.nextLong(reach);
                    };
            assertThat(Json.write(answer(new Calls(later), question)))
                    .as("at %s, horizon %s, now %s", later, horizon, now)
                    .isEqualTo(answer);
        }
    }

    private static Value now(Calls calls) {
        return calls.get("time.now_ns");
    }

    @Property(tries = 400)
    void of_comparisons_of_affine_times(
            @ForAll @LongRange(min = -1000, max = 1000) long distance,
            @ForAll @IntRange(min = 0, max = 5) int operator,
            @ForAll boolean falling,
            @ForAll boolean swapped,
            @ForAll long seed) {
        String name = List.of("lt", "lte", "gt", "gte", "equal", "neq").get(operator);
        holdsUntilTheHorizon(
                NOON,
                calls -> {
                    Value time =
                            falling ? calls.get("minus", n(2 * NOON), now(calls)) : calls.get("plus", now(calls), n(0));
                    Value bound = n(NOON + distance);
                    return swapped ? calls.get(name, bound, time) : calls.get(name, time, bound);
                },
                seed);
    }

    @Property(tries = 200)
    void of_ages_in_days_rounded_down(
            @ForAll @LongRange(min = 0, max = 100 * 86_400L) long age,
            @ForAll @IntRange(min = 0, max = 100) int limit,
            @ForAll @IntRange(min = 0, max = 3) int operator,
            @ForAll long seed) {
        String name = List.of("lt", "lte", "gt", "gte").get(operator);
        holdsUntilTheHorizon(
                NOON,
                calls -> {
                    Value elapsed = calls.get("minus", now(calls), n(NOON - age * SECOND));
                    Value days = calls.get("floor", calls.get("div", elapsed, n(DAY)));
                    return calls.get(name, days, n(limit));
                },
                seed);
    }

    @Property(tries = 200)
    void of_calendars_and_clocks(
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long seconds,
            @ForAll @IntRange(min = 0, max = 999_999_999) int nanos,
            @ForAll @IntRange(min = 0, max = 4) int function,
            @ForAll @IntRange(min = 0, max = 3) int zone,
            @ForAll long seed) {
        String name = List.of("time.date", "time.clock", "time.weekday", "time.format", "time.diff")
                .get(function);
        String zoneName = List.of("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
                .get(zone);
        long now = seconds * SECOND + nanos;
        holdsUntilTheHorizon(
                now,
                calls -> {
                    Value moment = name.equals("time.format")
                            ? ArrayValue.of(now(calls), StringValue.of(zoneName), StringValue.of("RFC1123"))
                            : ArrayValue.of(now(calls), StringValue.of(zoneName));
                    return name.equals("time.diff")
                            ? calls.get(name, moment, n(now + 3 * SECOND))
                            : calls.get(name, moment);
                },
                seed);
    }

    @Property(tries = 200)
    void of_dates_moved_by_months(
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long seconds,
            @ForAll @IntRange(min = -30, max = 30) int months,
            @ForAll @LongRange(min = -200, max = 200) long distance,
            @ForAll long seed) {
        long now = seconds * SECOND;
        holdsUntilTheHorizon(
                now,
                calls -> calls.get(
                        "lt",
                        calls.get("time.add_date", now(calls), n(0), n(months), n(0)),
                        n(now + months * 30L * DAY + distance * 3600 * SECOND)),
                seed);
    }

    @Test
    void a_cool_down_of_three_days_ends_on_the_nanosecond() {
        Calls calls = new Calls(NOON);
        Value published = n(NOON - DAY);
        Value young = calls.get("lt", calls.get("minus", now(calls), published), n(3 * DAY));
        assertThat(young).hasToString("true");
        assertThat(calls.horizon()).isEqualTo(NOON + 2 * DAY);
    }

    @Test
    void a_threshold_made_by_add_date_ends_when_it_passes_the_publish_time() {
        Calls calls = new Calls(NOON);
        Value threshold = calls.get("time.add_date", now(calls), n(0), n(0), n(-3));
        Value young = calls.get("gt", n(NOON - DAY), threshold);
        assertThat(young).hasToString("true");
        assertThat(calls.horizon()).isEqualTo(NOON + 2 * DAY);
    }

    @Test
    void what_does_not_depend_on_time_has_no_horizon() {
        Calls calls = new Calls(NOON);
        assertThat(calls.get("is_number", now(calls))).hasToString("true");
        assertThat(calls.get("minus", now(calls), now(calls))).hasToString("0");
        assertThat(calls.get("gt", now(calls), n(0))).hasToString("true");
        assertThat(calls.get("gt", now(calls), StringValue.of("a"))).hasToString("false");
        assertThat(calls.horizon()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_time_that_is_printed_holds_for_one_nanosecond() {
        Calls calls = new Calls(NOON);
        calls.get("sprintf", StringValue.of("%d"), ArrayValue.of(now(calls)));
        assertThat(calls.horizon()).isEqualTo(NOON + 1);
    }

    @Test
    void a_date_holds_until_midnight_in_its_zone() {
        Calls calls = new Calls(NOON);
        assertThat(calls.get("time.date", ArrayValue.of(now(calls), StringValue.of("Asia/Tokyo"))))
                .hasToString("[2023, 11, 15]");
        assertThat(calls.horizon()).isEqualTo(1_700_060_400L * SECOND);
    }
}
