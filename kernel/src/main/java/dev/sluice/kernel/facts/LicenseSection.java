package dev.sluice.kernel.facts;

import static dev.sluice.kernel.facts.Values.EMPTY_STRING;
import static dev.sluice.kernel.facts.Values.NULL;
import static dev.sluice.kernel.facts.Values.text;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.license.License;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code package.license} of the policy input: the contract's members, and the alternatives beside them. */
final class LicenseSection {

    private static final String LIST = "https://spdx.org/licenses/";

    private static final Value NOT_KNOWN = section(null);

    /** The same few declarations stand in nearly all packages; a section is a value that all may share. */
    private static final Cache<String, Value> SECTIONS =
            Caffeine.newBuilder().maximumSize(1_000).executor(Runnable::run).build();

    private LicenseSection() {}

    static Value of(Signal<String> license) {
        String declared = license.orNull();
        return declared == null ? NOT_KNOWN : SECTIONS.get(declared, text -> section(License.of(text)));
    }

    private static Value section(@Nullable License license) {
        String spdx = license == null ? "" : license.expression();
        Boolean approved = license == null ? null : license.isApproved();
        Boolean deprecated = license == null ? null : license.isDeprecated();
        boolean listed = approved != null;
        ObjectValue oss = ObjectValue.builder()
                .put("spdx_identifier", text(spdx))
                .put("full_name", license == null ? EMPTY_STRING : text(license.fullName()))
                .put("spdx_license", BooleanValue.of(!spdx.isEmpty()))
                .put("license_text", EMPTY_STRING)
                .put("license_url", NULL)
                .put("osi_approved", approved == null ? NULL : BooleanValue.of(approved))
                .put("spdx_template", NULL)
                .put("spdx_details_url", listed ? text(LIST + spdx + ".json") : NULL)
                .put("is_deprecated", deprecated == null ? NULL : BooleanValue.of(deprecated))
                .build();
        return ObjectValue.builder()
                .put("raw_license", license == null ? NULL : text(license.declared()))
                .put("oss_license", oss)
                .put("alternatives", alternatives(license))
                .put("license_url", NULL)
                .put("raw_license_file_path", NULL)
                .put(
                        "raw_license_file_contents",
                        ObjectValue.builder()
                                .put("sha256", EMPTY_STRING)
                                .put("raw_text", EMPTY_STRING)
                                .build())
                .put("source", text("AUTOMATIC"))
                .put("match", text(match(license)))
                .put("similarity", NULL)
                .put("override", text("NONE"))
                .build();
    }

    /** In the contract's words: what is not known and what is not recognised are UNKNOWN, what is not declared is NONE. */
    private static String match(@Nullable License license) {
        return license == null
                ? "UNKNOWN"
                : switch (license.match()) {
                    case EXACT -> "OSS_EXACT";
                    case NAMED -> "OSS_FUZZY";
                    case PROPRIETARY -> "PROPRIETARY";
                    case UNRECOGNISED -> "UNKNOWN";
                    case NONE -> "NONE";
                };
    }

    private static Value alternatives(@Nullable License license) {
        if (license == null) {
            return ArrayValue.EMPTY;
        }
        List<Value> alternatives = new ArrayList<>();
        for (List<String> entries : license.alternatives()) {
            alternatives.add(ArrayValue.of(entries.stream().map(Values::text).toList()));
        }
        return ArrayValue.of(alternatives);
    }
}
