package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.ClockNumber;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import org.jspecify.annotations.Nullable;

/**
 * Instants, in nanoseconds since 1970, and calendars. Where a function is given the present time, it tells until when its
 * result stays: the end of the second for a clock, of the day for a date.
 *
 * <p>The zone {@code Local} means UTC here: a decision must not depend on the machine it is taken on.
 */
final class Times {
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;
    private static final String INSTANT = "any<number, array<number, string>>";

    private Times() {}

    static void declare(Registry registry) {
        registry.addNondeterministic("time.now_ns", "() -> now: number", (ctx, _) -> ClockNumber.now(ctx.nowNanos()));
        registry.add(
                "time.parse_rfc3339_ns",
                "(value: string) -> ns: number",
                (_, args) -> nanos(GoTimeParser.parse("2006-01-02T15:04:05Z07:00", Operands.string(args, 0))));
        registry.add("time.parse_ns", "(layout: string, value: string) -> ns: number", (_, args) -> {
            String layout = Operands.string(args, 0);
            return nanos(GoTimeParser.parse(GoLayout.NAMED.getOrDefault(layout, layout), Operands.string(args, 1)));
        });
        registry.add(
                "time.parse_duration_ns",
                "(duration: string) -> ns: number",
                (_, args) -> NumberValue.of(GoDuration.parse(Operands.string(args, 0))));
        registry.addClockAware(
                "time.date", "(x: " + INSTANT + ") -> date: array<number, number, number>", (ctx, args) -> {
                    ZonedDateTime time = Moment.of(ctx, args[0]).stayingFor(ctx, DAY);
                    return numbers(time.getYear(), time.getMonthValue(), time.getDayOfMonth());
                });
        registry.addClockAware(
                "time.clock", "(x: " + INSTANT + ") -> output: array<number, number, number>", (ctx, args) -> {
                    ZonedDateTime time = Moment.of(ctx, args[0]).stayingFor(ctx, SECOND);
                    return numbers(time.getHour(), time.getMinute(), time.getSecond());
                });
        registry.addClockAware("time.weekday", "(x: " + INSTANT + ") -> day: string", (ctx, args) -> {
            ZonedDateTime time = Moment.of(ctx, args[0]).stayingFor(ctx, DAY);
            return StringValue.of(GoLayout.weekdayName(time.getDayOfWeek()));
        });
        registry.addClockAware(
                "time.format",
                "(x: any<number, array<number, string>, array<number, string, string>>) -> formatted timestamp: string",
                (ctx, args) -> {
                    Moment moment = Moment.of(ctx, args[0]);
                    String layout = moment.layout.isEmpty() ? "RFC3339Nano" : moment.layout;
                    layout = GoLayout.NAMED.getOrDefault(layout, layout);
                    ZonedDateTime time = moment.stayingFor(ctx, GoLayout.showsFractions(layout) ? 1 : SECOND);
                    return StringValue.of(GoLayout.format(time, layout));
                });
        registry.addClockAware(
                "time.add_date",
                "(ns: number, years: number, months: number, days: number) -> output: number",
                Times::addDate);
        registry.addClockAware(
                "time.diff",
                "(ns1: " + INSTANT + ", ns2: " + INSTANT
                        + ") -> output: array<number, number, number, number, number, number>",
                Times::difference);
    }

    private static Value numbers(int... values) {
        Value[] numbers = new Value[values.length];
        for (int i = 0; i < values.length; i++) {
            numbers[i] = NumberValue.of(values[i]);
        }
        return ArrayValue.ofOwned(numbers);
    }

    private static Value nanos(BigInteger nanos) throws BuiltinException {
        if (nanos.bitLength() > 63) {
            throw outOfRange();
        }
        return NumberValue.of(nanos);
    }

    private static BuiltinException outOfRange() {
        return BuiltinException.value("time outside of valid range");
    }

    /**
     * An operand that names an instant: nanoseconds, or an array of nanoseconds, zone and layout.
     *
     * @param clock the number it was given as, if that moves with the clock
     */
    private record Moment(
            long nanos,
            ZoneId zone,
            String layout,
            @Nullable ClockNumber clock) {
        static Moment of(CallContext ctx, Value operand) throws BuiltinException {
            String wanted = "either number (ns) or [number (ns), string (tz)]";
            Value number = operand;
            String zone = "";
            String layout = "";
            if (operand instanceof ArrayValue array) {
                if (array.size() == 0) {
                    throw BuiltinException.wrongType(1, operand, wanted);
                }
                number = array.get(0);
                zone = array.size() > 1 ? text(array.get(1)) : "";
                layout = array.size() > 2 ? text(array.get(2)) : "";
                if (!(number instanceof NumberValue)) {
                    throw BuiltinException.wrongType(1, number, Kind.NUMBER);
                }
            } else if (!(operand instanceof NumberValue)) {
                throw BuiltinException.wrongType(1, operand, wanted);
            }
            if (!(number instanceof NumberValue value)) {
                throw BuiltinException.wrongType(1, number, Kind.NUMBER);
            }
            @Nullable ClockNumber clock = null;
            if (value instanceof ClockNumber moving) {
                clock = moving.isAffine() ? moving : null;
                if (clock == null) {
                    Clocks.freeze(ctx, moving);
                }
            }
            if (!value.isLong()) {
                if (clock != null) {
                    Clocks.freeze(ctx, clock);
                }
                throw BuiltinException.value("timestamp too big");
            }
            return new Moment(value.longValue(), zone(zone), layout, clock);
        }

        private static String text(Value value) throws BuiltinException {
            if (!(value instanceof StringValue text)) {
                throw BuiltinException.wrongType(1, value, Kind.STRING);
            }
            return text.value();
        }

        private static ZoneId zone(String name) throws BuiltinException {
            if (name.isEmpty() || name.equals("UTC") || name.equals("Local")) {
                return ZoneOffset.UTC;
            }
            if (!ZoneRulesProvider.getAvailableZoneIds().contains(name)) {
                throw BuiltinException.value("unknown time zone " + name);
            }
            return ZoneId.of(name);
        }

        ZonedDateTime time() {
            return instant(nanos).atZone(zone);
        }

        /** The local time, after telling when a unit of local time of this many nanoseconds ends. */
        ZonedDateTime stayingFor(CallContext ctx, long unit) {
            ZonedDateTime time = time();
            ClockNumber moving = clock;
            if (moving == null) {
                return time;
            }
            if (unit <= 1) {
                Clocks.freeze(ctx, moving);
                return time;
            }
            BigInteger offset = BigInteger.valueOf(time.getOffset().getTotalSeconds() * SECOND);
            BigInteger size = BigInteger.valueOf(unit);
            BigInteger local = BigInteger.valueOf(nanos).add(offset);
            BigInteger first = local.subtract(local.mod(size)).subtract(offset);
            BigInteger end = first.add(size);
            ZoneRules rules = zone.getRules();
            ZoneOffsetTransition next = rules.isFixedOffset() ? null : rules.nextTransition(instant(nanos));
            ZoneOffsetTransition previous = rules.isFixedOffset()
                    ? null
                    : rules.previousTransition(instant(nanos).plusNanos(1));
            if (next != null) {
                end = end.min(nanosOf(next.getInstant()));
            }
            if (previous != null) {
                first = first.max(nanosOf(previous.getInstant()));
            }
            // A growing number leaves the unit where it reaches its end, a falling one where it passes its beginning.
            ctx.changesAt(
                    moving.direction() > 0
                            ? moving.reaches(NumberValue.of(end))
                            : moving.passes(NumberValue.of(first)));
            return time;
        }
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    private static BigInteger nanosOf(Instant instant) {
        return BigInteger.valueOf(instant.getEpochSecond())
                .multiply(BigInteger.valueOf(SECOND))
                .add(BigInteger.valueOf(instant.getNano()));
    }

    private static Value addDate(CallContext ctx, Value[] args) throws BuiltinException {
        for (int i = 1; i < args.length; i++) {
            Clocks.freeze(ctx, args[i]);
        }
        Moment moment = Moment.of(ctx, args[0]);
        long years = Operands.integer(args, 1);
        long months = Operands.integer(args, 2);
        long days = Operands.integer(args, 3);
        ClockNumber clock = moment.clock;
        // Within one day of UTC the result keeps its distance; days alone are always 24 hours there.
        boolean steady = moment.zone.equals(ZoneOffset.UTC);
        if (clock != null && !steady) {
            Clocks.freeze(ctx, clock);
        }
        ZonedDateTime time =
                clock != null && steady && (years != 0 || months != 0) ? moment.stayingFor(ctx, DAY) : moment.time();
        BigInteger result = moved(time, years, months, days);
        if (result.bitLength() > 63) {
            if (clock != null) {
                Clocks.freeze(ctx, clock);
            }
            throw outOfRange();
        }
        if (clock == null || !steady) {
            return NumberValue.of(result);
        }
        ClockNumber moved = clock.plusConstant(NumberValue.of(result.subtract(BigInteger.valueOf(moment.nanos))));
        long limit = moved.direction() > 0
                ? moved.passes(NumberValue.of(Long.MAX_VALUE))
                : moved.passes(NumberValue.of(Long.MIN_VALUE));
        ctx.changesAt(limit);
        return moved;
    }

    /** Go's AddDate: fields are added and what overflows is carried, so October 31 plus a month is December 1. */
    private static BigInteger moved(ZonedDateTime time, long years, long months, long days) throws BuiltinException {
        try {
            LocalDate date = LocalDate.of(Math.toIntExact(Math.addExact(time.getYear(), years)), 1, 1)
                    .plusMonths(Math.addExact(time.getMonthValue() - 1, months))
                    .plusDays(Math.addExact(time.getDayOfMonth() - 1, days));
            ZoneRules rules = time.getZone().getRules();
            long local = date.atTime(time.toLocalTime()).toEpochSecond(ZoneOffset.UTC);
            // As Go does: take the offset that holds at that many seconds, then the one that holds after applying it.
            long guess = rules.getOffset(Instant.ofEpochSecond(local)).getTotalSeconds();
            long offset = guess == 0
                    ? 0
                    : rules.getOffset(Instant.ofEpochSecond(local - guess)).getTotalSeconds();
            return nanosOf(Instant.ofEpochSecond(local - offset, time.getNano()));
        } catch (DateTimeException | ArithmeticException tooFar) {
            throw outOfRange();
        }
    }

    private static Value difference(CallContext ctx, Value[] args) throws BuiltinException {
        Moment one = Moment.of(ctx, args[0]);
        Moment other = Moment.of(ctx, args[1]);
        if (one.clock != null && other.clock != null) {
            Clocks.freeze(ctx, one.clock);
        } else if (one.clock != null) {
            Clocks.less(ctx, one.clock, NumberValue.of(other.nanos));
            Clocks.lessOrEqual(ctx, one.clock, NumberValue.of(other.nanos));
        } else if (other.clock != null) {
            Clocks.less(ctx, other.clock, NumberValue.of(one.nanos));
            Clocks.lessOrEqual(ctx, other.clock, NumberValue.of(one.nanos));
        }
        ZonedDateTime first = one.stayingFor(ctx, SECOND);
        ZonedDateTime second = new Moment(other.nanos, one.zone, "", other.clock).stayingFor(ctx, SECOND);
        if (first.toInstant().isAfter(second.toInstant())) {
            ZonedDateTime swapped = first;
            first = second;
            second = swapped;
        }
        int years = second.getYear() - first.getYear();
        int months = second.getMonthValue() - first.getMonthValue();
        int days = second.getDayOfMonth() - first.getDayOfMonth();
        int hours = second.getHour() - first.getHour();
        int minutes = second.getMinute() - first.getMinute();
        int seconds = second.getSecond() - first.getSecond();
        if (seconds < 0) {
            seconds += 60;
            minutes--;
        }
        if (minutes < 0) {
            minutes += 60;
            hours--;
        }
        if (hours < 0) {
            hours += 24;
            days--;
        }
        if (days < 0) {
            days += first.toLocalDate().lengthOfMonth();
            months--;
        }
        if (months < 0) {
            months += 12;
            years--;
        }
        return numbers(years, months, days, hours, minutes, seconds);
    }
}
