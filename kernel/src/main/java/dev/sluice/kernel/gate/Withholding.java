package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a listed index withholds, as the journal records it each time the index leaves: put together once per index.
 *
 * <p>What is quarantined comes before what is only hidden for a while, so that malware is never lost among versions that are too
 * new.
 *
 * @param count releases withheld as a whole or in part
 * @param isEmptied whether there are releases, and none of them may leave
 * @param policies names of the policies that withheld them, those of the strongest state first
 * @param message one line for people: how many, by which policies
 * @param detail the first of them with their reasons, as a JSON object
 */
record Withholding(int count, boolean isEmptied, List<String> policies, String message, String detail) {

    /** Of an index that is let out whole. */
    static final Withholding NOTHING = new Withholding(0, false, List.of(), "nothing withheld", "{}");

    private static final int MAX_LISTED = 50;
    private static final int MAX_REASON = 200;

    /** A withheld release. */
    private record Entry(String version, Decision decision, boolean partly) {

        String policy() {
            Verdict decisive = decision.decisive();
            return decisive == null ? "" : decisive.policy().name();
        }

        Value render() {
            return ObjectValue.builder()
                    .put("version", StringValue.of(version))
                    .put("state", StringValue.of(decision.state().name()))
                    .put("policy", StringValue.of(policy()))
                    .put("reason", StringValue.of(reason()))
                    .put("partly", BooleanValue.of(partly))
                    .build();
        }

        private String reason() {
            Verdict decisive = decision.decisive();
            if (decisive == null) {
                return "";
            }
            String text = decisive.failure() != null
                    ? "could not be evaluated: " + decisive.failure()
                    : String.join("; ", decisive.reasons());
            return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "…";
        }
    }

    /** What of an index is withheld; versions are compared by that order. */
    static Withholding of(Listed listed, VersionOrder order) {
        List<Entry> entries = new ArrayList<>();
        boolean anyAllowed = false;
        for (JudgedRelease release : listed.releases()) {
            Decision partly = release.isAllowed() ? firstWithheld(release) : null;
            anyAllowed |= release.isAllowed();
            if (!release.isAllowed() || partly != null) {
                entries.add(new Entry(release.version(), partly == null ? withheld(release) : partly, partly != null));
            }
        }
        for (JudgedRelease release : listed.absent()) {
            entries.add(new Entry(release.version(), release.decision(), false));
        }
        entries.sort(Comparator.comparing(entry -> entry.decision().state() == PackageState.HIDDEN)); // stable
        Map<String, Integer> byPolicy = new LinkedHashMap<>();
        entries.forEach(entry -> byPolicy.merge(entry.policy(), 1, Integer::sum));
        byPolicy.remove("");
        return new Withholding(
                entries.size(),
                !listed.releases().isEmpty() && !anyAllowed,
                List.copyOf(byPolicy.keySet()),
                message(listed, entries.size(), byPolicy),
                Json.write(ObjectValue.builder()
                        .put("package", StringValue.of(listed.name().name()))
                        .put("format", StringValue.of(listed.name().format()))
                        .put("count", NumberValue.of(entries.size()))
                        .put("newest_allowed", newest(listed, order))
                        .put(
                                "versions",
                                ArrayValue.of(entries.stream()
                                        .limit(MAX_LISTED)
                                        .map(Entry::render)
                                        .toList()))
                        .build()));
    }

    private static Value newest(Listed listed, VersionOrder order) {
        return listed.allowedVersions().stream()
                .max(Comparator.comparing((String version) -> !order.isPrerelease(version))
                        .thenComparing(order))
                .<Value>map(StringValue::of)
                .orElse(NullValue.NULL);
    }

    private static String message(Listed listed, int count, Map<String, Integer> byPolicy) {
        int all = listed.releases().size() + listed.absent().size();
        return count + " of " + all + " versions of "
                + listed.name().name() + " withheld from the index: "
                + byPolicy.entrySet().stream()
                        .map(each -> each.getKey() + " (" + each.getValue() + ")")
                        .collect(Collectors.joining(", "));
    }

    private static @Nullable Decision firstWithheld(JudgedRelease release) {
        return release.files().values().stream()
                .filter(decision -> !decision.isAllowed())
                .findFirst()
                .orElse(null);
    }

    /** The decision that withheld a release: its own, or where files were judged one by one, that of a file. */
    private static Decision withheld(JudgedRelease release) {
        Decision file = firstWithheld(release);
        return release.decision().isAllowed() && file != null ? file : release.decision();
    }
}
