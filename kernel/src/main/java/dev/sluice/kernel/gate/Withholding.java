package dev.sluice.kernel.gate;

import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * What a listed index withholds, as the journal records it each time the index leaves: put together once per index.
 *
 * @param count releases withheld as a whole or in part
 * @param isEmptied whether there are releases, and none of them may leave
 * @param policies names of the policies that withheld them
 * @param message one line for people
 * @param detail the first of them, as a JSON object
 */
record Withholding(int count, boolean isEmptied, List<String> policies, String message, String detail) {

    private static final int MAX_LISTED = 50;

    static Withholding of(Listed listed) {
        List<Value> versions = new ArrayList<>();
        List<String> policies = new ArrayList<>();
        int count = 0;
        boolean anyAllowed = false;
        for (JudgedRelease release : listed.releases()) {
            boolean whole = !release.isAllowed();
            boolean partly = !whole && release.files().values().stream().anyMatch(d -> !d.isAllowed());
            anyAllowed |= !whole;
            if (!whole && !partly) {
                continue;
            }
            count++;
            Decision decision = whole
                    ? release.decision()
                    : release.files().values().stream()
                            .filter(d -> !d.isAllowed())
                            .findFirst()
                            .orElseThrow();
            Verdict decisive = decision.decisive();
            String policy = decisive == null ? "" : decisive.policy().name();
            if (decisive != null && !policies.contains(policy)) {
                policies.add(policy);
            }
            if (versions.size() < MAX_LISTED) {
                versions.add(ObjectValue.builder()
                        .put("version", StringValue.of(release.version()))
                        .put("state", StringValue.of(decision.state().name()))
                        .put("policy", StringValue.of(policy))
                        .put("partly", BooleanValue.of(partly))
                        .build());
            }
        }
        return new Withholding(
                count,
                !listed.releases().isEmpty() && !anyAllowed,
                List.copyOf(policies),
                count + " of " + listed.releases().size() + " versions of "
                        + listed.name().name() + " withheld from the index",
                Json.write(ObjectValue.builder()
                        .put("package", StringValue.of(listed.name().name()))
                        .put("format", StringValue.of(listed.name().format()))
                        .put("count", NumberValue.of(count))
                        .put("versions", ArrayValue.of(versions))
                        .build()));
    }
}
