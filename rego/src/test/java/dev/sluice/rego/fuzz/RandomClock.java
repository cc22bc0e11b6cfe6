package dev.sluice.rego.fuzz;

import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Expressions about the present time, with constants near an instant so that what they say changes soon. */
final class RandomClock {
    private static final List<String> COMPARE = List.of("==", "!=", "<", "<=", ">", ">=");
    private static final List<String> ZONES = List.of("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata");
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;

    private final Random random;
    private final long around;

    RandomClock(Random random, Instant around) {
        this.random = random;
        this.around = around.getEpochSecond() * SECOND + around.getNano();
    }

    /** A literal that holds at some times. */
    String test(String name) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> number() + " " + compare() + " " + instant();
            case 2 -> instant() + " " + compare() + " " + number();
            case 3 -> "time.weekday(time.now_ns()) " + compare() + " \"Sunday\"";
            case 4 -> "time.clock(" + moment() + ")[" + random.nextInt(3) + "] " + compare() + " " + random.nextInt(60);
            case 5 ->
                "some " + name + " in [" + instant() + ", " + instant() + ", " + instant() + "]; " + name + " "
                        + compare() + " time.now_ns()";
            case 6 -> days() + " " + compare() + " " + random.nextInt(4);
            default -> "not " + number() + " " + compare() + " " + instant();
        };
    }

    /** A value that is another one at other times; some are of uses nobody follows. */
    String value() {
        return switch (random.nextInt(40)) {
            case 0 -> days();
            case 1 -> "time.date(" + moment() + ")";
            case 2 -> "time.clock(" + moment() + ")";
            case 3 -> "time.diff(time.now_ns(), " + instant() + ")";
            case 4 -> "max([time.now_ns(), " + instant() + "]) > " + instant();
            case 5 -> "count([1 | some t in [" + instant() + ", " + instant() + "]; t < " + number() + "])";
            case 6 -> "{t: true | some t in [" + instant() + ", " + instant() + "]; t >= time.now_ns()}";
            case 7 ->
                "time.format([time.now_ns(), \"" + zone() + "\", \"" + (random.nextBoolean() ? "RFC1123" : "2006-01-02")
                        + "\"])";
            case 8 -> "sort([time.now_ns(), " + instant() + "])[0] == time.now_ns()";
            case 9 -> number(); // from here on it is another one at every nanosecond
            case 10 -> "sprintf(\"%d\", [" + days() + "])";
            case 11 -> "{\"at\": time.now_ns()}";
            case 12 -> "time.now_ns() % " + (1 + random.nextInt(1000));
            case 13 -> "rand.intn(\"r\", 5)";
            default -> "time.weekday(" + moment() + ")";
        };
    }

    private String number() {
        return switch (random.nextInt(5)) {
            case 0 -> "time.now_ns() + " + distance();
            case 1 -> "time.add_date(time.now_ns(), 0, " + random.nextInt(2) + ", " + (random.nextInt(5) - 2) + ")";
            case 2 -> "abs(time.now_ns() - " + instant() + ") + " + (around - DAY);
            default -> "time.now_ns()";
        };
    }

    private String days() {
        String function = List.of("floor", "ceil", "round").get(random.nextInt(3));
        return function + "((time.now_ns() - " + instant() + ") / " + DAY + ")";
    }

    private String moment() {
        return random.nextBoolean() ? "time.now_ns()" : "[time.now_ns(), \"" + zone() + "\"]";
    }

    private String zone() {
        return ZONES.get(random.nextInt(ZONES.size()));
    }

    private String compare() {
        return COMPARE.get(random.nextInt(COMPARE.size()));
    }

    private String instant() {
        return Long.toString(around + distance());
    }

    private long distance() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(11) - 5;
            case 1 -> random.nextInt(7200) * SECOND;
            case 2 -> (random.nextInt(41) - 20) * DAY;
            default -> random.nextLong(40 * DAY);
        };
    }
}
