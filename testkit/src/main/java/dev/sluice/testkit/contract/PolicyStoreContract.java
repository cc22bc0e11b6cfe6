package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.Policy.Effect;
import dev.sluice.kernel.policy.Policy.Mode;
import dev.sluice.kernel.policy.Policy.OnUnknown;
import dev.sluice.kernel.policy.Policy.Scope;
import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every {@link PolicyStore} does. */
public interface PolicyStoreContract {
    /** The store under test; the same one throughout a test. */
    PolicyStore store();

    /** Closes the store and opens it again on the same data. */
    PolicyStore reopened();

    /** A policy that uses every property. */
    static Policy policy(String slug, int precedence, String rego) {
        return new Policy(
                slug,
                "name of " + slug,
                "ask the platform team",
                rego,
                true,
                true,
                precedence,
                Mode.WARN,
                new Scope(Set.of("main", "other"), Set.of("npm")),
                List.of(
                        new Action.SetPackageState("state", 1, PackageState.QUARANTINED),
                        new Action.AddPackageTags("add", 2, List.of("a", "b")),
                        new Action.RemovePackageTags("remove", 3, List.of("c"))),
                Effect.HIDE,
                OnUnknown.BLOCK,
                7,
                Samples.INSTANT,
                Samples.INSTANT.plusSeconds(1),
                "policies/" + slug + ".rego");
    }

    @Test
    default void gives_back_every_property() {
        Policy policy = policy("p", 3, "package cloudsmith");
        store().save(policy);

        assertThat(store().find("p")).contains(policy);
        assertThat(reopened().list()).containsExactly(policy);
    }

    @Test
    default void lists_by_precedence_then_creation() {
        store().save(policy("c", 5, "x"));
        store().save(policy("b", 1, "x"));
        store().save(policy("a", 5, "x"));

        assertThat(store().list()).extracting(Policy::slug).containsExactly("b", "a", "c");
    }

    @Test
    default void replaces_and_moves_a_policy() {
        store().save(policy("a", 1, "first"));
        store().save(policy("b", 2, "second"));
        store().save(policy("a", 3, "third"));

        assertThat(store().list()).extracting(Policy::rego).containsExactly("second", "third");
    }

    @Test
    default void removes_a_policy_once() {
        store().save(policy("a", 1, "x"));

        assertThat(store().remove("a")).isTrue();
        assertThat(store().remove("a")).isFalse();
        assertThat(store().find("a")).isEmpty();
        assertThat(reopened().list()).isEmpty();
    }

    @Test
    default void the_revision_grows_with_every_change_and_only_then() {
        long before = store().revision();
        store().save(policy("a", 1, "x"));
        long saved = store().revision();
        store().remove("nobody");
        long unchanged = store().revision();
        store().remove("a");
        long removed = store().revision();

        assertThat(saved).isGreaterThan(before);
        assertThat(unchanged).isEqualTo(saved);
        assertThat(removed).isGreaterThan(saved);
        assertThat(reopened().revision()).isEqualTo(removed);
    }

    @Test
    default void keeps_hostile_source_texts_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            Policy policy = policy("p", 1, text + "\0");
            store().save(policy);
            assertThat(store().find("p")).contains(policy);
        }
        assertThat(store().find("'; --")).isEmpty();
    }

    @Test
    default void who_sees_a_new_revision_sees_the_policies_it_counts() {
        PolicyStore store = store();
        long start = store.revision();

        Together.run(4, number -> {
            for (int i = 1; i <= 40; i++) {
                if (number == 0) {
                    store.save(policy("counter", i, "x"));
                } else {
                    long changes = store.revision() - start;
                    int seen = store.find("counter").map(Policy::precedence).orElse(0);
                    assertThat((long) seen).isGreaterThanOrEqualTo(changes);
                }
            }
        });
    }
}
