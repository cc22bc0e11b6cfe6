package dev.sluice.kernel.facts;

import static dev.sluice.kernel.facts.Values.text;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.license.License;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Renders {@code signals}: what is known and who says so, and where sources disagree.
 *
 * <p>A fact is as the source says that is trusted most: bytes, what a protocol promises, the index, the publisher. What another
 * source says otherwise makes it {@code contradicted}: all that was said, the most trusted first. Silence contradicts nobody.
 */
final class SignalsSection {

    /** A file server tells when a file was written there: some time after the index was. */
    private static final Duration MOST_APART = Duration.ofDays(1);

    // What is rendered for every version has its keys once.
    private static final ObjectValue.Shape SECTION = new ObjectValue.Shape();
    private static final ObjectValue.Shape KNOWN = new ObjectValue.Shape();
    private static final ObjectValue.Shape UNKNOWN = new ObjectValue.Shape();

    private SignalsSection() {}

    private static boolean isSameLicense(String left, String right) {
        return left.equals(right) || License.of(left).agreesWith(License.of(right));
    }

    private static boolean isSameTime(Instant left, Instant right) {
        return Duration.between(left, right).abs().compareTo(MOST_APART) <= 0;
    }

    private static boolean isSameText(String left, String right) {
        return left.isBlank() || right.isBlank() || plain(left).equals(plain(right));
    }

    static Value of(Facts facts) {
        return SECTION.builder()
                .put("published", fact(facts.published(), SignalsSection::isSameTime, time -> text(time.toString())))
                .put("license", fact(facts.license(), SignalsSection::isSameLicense, Values::text))
                .put("install_scripts", fact(facts.installScripts(), Boolean::equals, BooleanValue::of))
                .put("requires_runtime", fact(facts.requiresRuntime(), SignalsSection::isSameText, Values::text))
                .put("dependencies", fact(facts.dependencies(), String::equals, Values::text))
                .put("late_addition", lateAddition(facts.addedAfter()))
                .put("archive", archive(facts.evidence().ambiguities()))
                .put(
                        "advisories",
                        signal(facts.findings().coverage(), ObjectValue.builder())
                                .build())
                .build();
    }

    private static <T> Value fact(Signal<T> signal, BiPredicate<T, T> same, Function<T, Value> shown) {
        return signal(signal, (signal.isKnown() ? KNOWN : UNKNOWN).builder())
                .put("contradicted", contradicted(signal, same, shown))
                .build();
    }

    private static <T> Value contradicted(Signal<T> signal, BiPredicate<T, T> same, Function<T, Value> shown) {
        if (!(signal instanceof Signal.Known<T> known)
                || known.others().stream().allMatch(other -> same.test(known.value(), other.value()))) {
            return BooleanValue.FALSE;
        }
        List<Value> said = new ArrayList<>();
        for (Signal.Known<T> each : signal.statements()) {
            said.add(ObjectValue.builder()
                    .put("source", text(each.source()))
                    .put("value", shown.apply(each.value()))
                    .build());
        }
        return ArrayValue.of(said);
    }

    private static Value lateAddition(Signal<Duration> after) {
        Duration known = after.orNull();
        return signal(after, ObjectValue.builder())
                .put("seconds", known == null ? NullValue.NULL : NumberValue.of(known.toSeconds()))
                .build();
    }

    private static Value archive(List<String> ambiguities) {
        return ObjectValue.builder()
                .put(
                        "ambiguous",
                        ArrayValue.of(ambiguities.stream().map(Values::text).toList()))
                .build();
    }

    private static ObjectValue.Builder signal(Signal<?> signal, ObjectValue.Builder into) {
        return into.put("known", BooleanValue.of(signal.isKnown()))
                .put(signal.isKnown() ? "source" : "why", text(signal.basis()));
    }

    private static String plain(String text) {
        return text.replaceAll("\\s+", "").toLowerCase(Locale.ROOT);
    }
}
