package dev.sluice.app.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.Checkout;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.rego.Limits;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.test.TestResult;
import dev.sluice.rego.test.TestRunner;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.storage.sql.Database;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.MemoryJournal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The starter policies compile, pass their tests, and are what the documentation says they are. */
final class StarterPoliciesTest {

    private static final ManualClock CLOCK = ManualClock.at("2026-03-10T12:00:00Z");

    @Test
    void a_new_installation_gets_them_all_and_each_creation_is_recorded(@TempDir Path folder) {
        MemoryJournal journal = new MemoryJournal();
        try (Database database = Database.open(folder)) {
            Policies policies = new Policies(database.policies(), journal, CLOCK, new Ulid(CLOCK));
            StarterPolicies.createIn(policies);
            assertThat(policies.list()).hasSameSizeAs(StarterPolicies.FILES).allMatch(Policy::enabled);
            assertThat(policies.current().policies()).hasSameSizeAs(StarterPolicies.FILES);
            assertThat(policies.current().readsRequest())
                    .as("a decision that is personal cannot be kept")
                    .isFalse();
            assertThat(journal.events(Event.Kind.POLICY)).hasSameSizeAs(StarterPolicies.FILES);
        }
    }

    @Test
    void their_own_tests_pass() {
        for (String file : StarterPolicies.FILES) {
            String tests = file.replace(".rego", "_test.rego");
            List<TestResult> results = new TestRunner(ObjectValue.EMPTY, Instant.EPOCH, Limits.STANDARD)
                    .run(List.of(
                            new SourceFile(file, StarterPolicies.text(file)),
                            new SourceFile(tests, StarterPolicies.text(tests))));
            assertThat(results).as(file).hasSizeGreaterThan(3).allMatch(TestResult::ok);
        }
    }

    @Test
    void they_are_as_documented() {
        List<List<String>> documented = Checkout.text("docs/policies.md")
                .lines()
                .dropWhile(line -> !line.equals("## Starter policies"))
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .map(line -> List.of(line.split(" *\\| *", -1)).subList(1, 5))
                .toList();
        assertThat(StarterPolicies.FILES.stream()
                        .map(file -> PolicyFile.read(file, StarterPolicies.text(file), null))
                        .map(p -> List.of(
                                String.valueOf(p.precedence()),
                                p.name(),
                                p.mode().label(),
                                p.effect().label()))
                        .toList())
                .isEqualTo(documented);
    }

    @Test
    void each_withholds_what_it_matches_and_tells_developers_something() {
        for (String file : StarterPolicies.FILES) {
            Policy policy = PolicyFile.read(file, StarterPolicies.text(file), null);
            assertThat(policy.description()).as(file).isNotBlank();
            assertThat(policy.actions()).as(file).hasSize(1).allSatisfy(action -> {
                PackageState state = ((Action.SetPackageState) action).state();
                assertThat(state.isReleasable()).isFalse();
                assertThat(state.name().toLowerCase(Locale.ROOT))
                        .isEqualTo(policy.effect() == Policy.Effect.HIDE ? "hidden" : "quarantined");
            });
        }
    }

    @Test
    void only_the_cool_down_is_limited_to_formats_whose_indexes_tell_times() {
        for (String file : StarterPolicies.FILES) {
            Policy policy = PolicyFile.read(file, StarterPolicies.text(file), null);
            if (policy.name().equals("Cool-down")) {
                assertThat(policy.scope().formats()).containsExactlyInAnyOrder("npm", "pypi");
            } else {
                assertThat(policy.scope()).isEqualTo(Policy.Scope.ALL);
            }
        }
    }
}
