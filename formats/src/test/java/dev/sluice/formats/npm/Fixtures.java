package dev.sluice.formats.npm;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.PackageIndex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Packuments with invented hosts, and decisions about them. */
final class Fixtures {

    static final String BASE = "http://sluice.example:8080/npm/main/";
    static final PackageName LEFTPAD = Names.parse("leftpad");
    static final JsonMapper MAPPER = new JsonMapper(tools.jackson.core.json.JsonFactory.builder()
            .streamReadConstraints(tools.jackson.core.StreamReadConstraints.builder()
                    .maxNameLength(1 << 20)
                    .maxNumberLength(1 << 20)
                    .build())
            .build());

    private Fixtures() {}

    static byte[] file(String name) throws IOException {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no fixture " + name);
            }
            return in.readAllBytes();
        }
    }

    static PackageIndex read(PackageName name, String json) throws IOException {
        return read(name, json.getBytes(StandardCharsets.UTF_8));
    }

    static PackageIndex read(PackageName name, byte[] json) throws IOException {
        URI source = URI.create("https://registry.example/" + Names.encoded(name));
        return new PackumentReader(name, source).read(new ByteArrayInputStream(json));
    }

    static JsonNode tree(byte[] json) {
        return MAPPER.readTree(json);
    }

    /** The packument of one upstream with those versions withheld by a cool-down. */
    static Packument packument(PackageIndex index, Set<String> withheld) {
        return new Packument(
                index.name(), List.of(new Listed.Source("upstream", index)), judged("upstream", index, withheld));
    }

    static List<JudgedRelease> judged(String upstream, PackageIndex index, Set<String> withheld) {
        List<JudgedRelease> releases = new ArrayList<>();
        index.releases()
                .forEach(release -> releases.add(new JudgedRelease(
                        release,
                        upstream.isEmpty() ? null : upstream,
                        withheld.contains(release.version()) ? coolDown() : Decision.AVAILABLE,
                        Map.of())));
        return releases;
    }

    static Decision coolDown() {
        Instant made = Instant.parse("2026-01-01T00:00:00Z");
        Policy policy = new Policy(
                "cool-down",
                "Cool-down",
                "Ask in #packages.",
                "package cloudsmith",
                true,
                false,
                1,
                Policy.Mode.ENFORCE,
                Policy.Scope.ALL,
                List.of(),
                Policy.Effect.HIDE,
                Policy.OnUnknown.ALLOW,
                1,
                made,
                made,
                null);
        Verdict verdict = new Verdict(policy, true, List.of("published less than 3 days ago"), null);
        return new Decision(
                PackageState.HIDDEN, verdict, List.of(verdict), Set.of(), Instant.parse("2026-11-25T06:00:00Z"));
    }
}
