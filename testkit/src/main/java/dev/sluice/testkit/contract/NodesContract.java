package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.testkit.Node;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link Nodes} and the stores of two nodes on one database do: after catching up, nobody reads what is outdated. */
public interface NodesContract {
    /** A node; the same one throughout a test. */
    Node first();

    /** Another node on the same database. */
    Node second();

    /** Has the second node catch up and returns it. */
    default Node caughtUp() {
        second().nodes().catchUp().toCompletableFuture().join();
        return second();
    }

    @Test
    default void a_changed_policy_is_seen_after_catching_up() {
        first().policies().save(PolicyStoreContract.policy("p", 1, "first"));
        long before = caughtUp().policies().revision();
        assertThat(second().policies().list()).extracting(Policy::rego).containsExactly("first");

        first().policies().save(PolicyStoreContract.policy("p", 1, "second"));

        assertThat(caughtUp().policies().revision()).isGreaterThan(before);
        assertThat(second().policies().list()).extracting(Policy::rego).containsExactly("second");
        assertThat(second().policies().revision()).isEqualTo(first().policies().revision());
    }

    @Test
    default void a_removed_policy_is_gone_after_catching_up() {
        first().policies().save(PolicyStoreContract.policy("p", 1, "first"));
        assertThat(caughtUp().policies().find("p")).isPresent();

        first().policies().remove("p");

        assertThat(caughtUp().policies().find("p")).isEmpty();
        assertThat(second().policies().list()).isEmpty();
    }

    @Test
    default void a_revoked_token_is_gone_after_catching_up() {
        first().tokens().add(TokenStoreContract.token("t", 0));
        long before = caughtUp().tokens().revision();
        assertThat(second().tokens().find("t")).isPresent();

        first().tokens().remove("t");

        assertThat(caughtUp().tokens().revision()).isGreaterThan(before);
        assertThat(second().tokens().find("t")).isEmpty();
        assertThat(second().tokens().list()).isEmpty();
    }

    @Test
    default void a_changed_repository_is_seen_after_catching_up() {
        first().repositories().save(RepositoryStoreContract.full("main"));
        long before = caughtUp().repositories().revision();
        assertThat(second().repositories().find("main")).isPresent();

        first().repositories().remove("main");
        first().repositories().save(RepositoryStoreContract.full("other"));

        assertThat(caughtUp().repositories().revision()).isGreaterThan(before);
        assertThat(second().repositories().find("main")).isEmpty();
        assertThat(second().repositories().list()).containsExactly(RepositoryStoreContract.full("other"));
    }

    @Test
    default void an_import_of_advisories_is_seen_after_catching_up() {
        long before = caughtUp().advisories().revision();
        assertThat(second().advisories().feeds()).isEmpty();

        try (AdvisoryStore.Import begun = first().advisories().begin()) {
            begun.feed(new AdvisoryStore.FeedState("osv", 1, Samples.INSTANT, null));
            begun.commit();
        }

        assertThat(caughtUp().advisories().revision()).isGreaterThan(before);
        assertThat(second().advisories().feeds())
                .extracting(AdvisoryStore.FeedState::name)
                .containsExactly("osv");
        assertThat(second().advisories().revision())
                .isEqualTo(first().advisories().revision());
    }

    @Test
    default void a_publication_is_seen_after_catching_up() {
        long before = caughtUp().hosted().stamp(HostedStoreContract.NAME);
        assertThat(second().hosted().find("main", HostedStoreContract.NAME)).isEmpty();

        first().hosted().apply("main", HostedStoreContract.NAME, 0, HostedStoreContract.put("1.0.0"), List.of());

        long published = caughtUp().hosted().stamp(HostedStoreContract.NAME);
        assertThat(published).isNotEqualTo(before);
        assertThat(second().hosted().find("main", HostedStoreContract.NAME)).isPresent();

        first().hosted().apply("main", HostedStoreContract.NAME, 1, HostedStoreContract.remove("1.0.0"), List.of());
        assertThat(caughtUp().hosted().stamp(HostedStoreContract.NAME)).isNotIn(before, published);
        assertThat(second().hosted().find("main", HostedStoreContract.NAME)).isEmpty();
    }

    @Test
    default void what_one_learns_of_a_version_the_other_knows_after_catching_up() {
        first().history().seen("main", "npm", HistoryStoreContract.NAME, List.of("1"), Samples.INSTANT);
        long before = caughtUp().history().stamp(HistoryStoreContract.NAME);
        assertThat(second().history().of("main", HistoryStoreContract.NAME).of("npm"))
                .containsOnlyKeys("1");

        first().history()
                .learn(HistoryStoreContract.file(HistoryStoreContract.NAME, "1"), HistoryStoreContract.told(1));

        assertThat(caughtUp().history().stamp(HistoryStoreContract.NAME)).isNotEqualTo(before);
        assertThat(second().history().of("main", HistoryStoreContract.NAME))
                .isEqualTo(first().history().of("main", HistoryStoreContract.NAME));
    }

    @Test
    default void both_agree_when_a_version_was_first_seen_whoever_saw_it() {
        assertThat(second().history().of("main", HistoryStoreContract.NAME).isEmpty())
                .isTrue();
        first().history().seen("main", "npm", HistoryStoreContract.NAME, List.of("1"), Samples.INSTANT);

        caughtUp()
                .history()
                .seen("main", "npm", HistoryStoreContract.NAME, List.of("1"), Samples.INSTANT.plusSeconds(60));

        assertThat(second().history().of("main", HistoryStoreContract.NAME))
                .isEqualTo(first().history().of("main", HistoryStoreContract.NAME));
    }

    @Test
    default void a_file_and_a_document_that_one_keeps_the_other_finds() {
        StoredFile file = Samples.file("main", new Coordinates(HistoryStoreContract.NAME, "1"), "a.tgz", "npm");
        assertThat(second().files().find("main", "npm", "a.tgz")).isEmpty();
        first().files().put(file);
        Document document = new Document(
                "main",
                "npm",
                "npm",
                "index:widget",
                Digest.sha256(Samples.contents("x").sha256().hex()),
                "",
                null,
                null,
                Samples.INSTANT,
                Samples.INSTANT);
        first().documents().save(document);

        assertThat(caughtUp().files().find("main", "npm", "a.tgz")).contains(file);
        assertThat(second().documents().find("main", "npm", "npm", "index:widget"))
                .contains(document);
    }

    @Test
    default void a_node_sees_its_own_changes_without_catching_up() {
        long policies = second().policies().revision();
        long stamp = second().hosted().stamp(HostedStoreContract.NAME);

        second().policies().save(PolicyStoreContract.policy("p", 1, "x"));
        second().hosted().apply("main", HostedStoreContract.NAME, 0, HostedStoreContract.put("1.0.0"), List.of());

        assertThat(second().policies().revision()).isGreaterThan(policies);
        assertThat(second().hosted().stamp(HostedStoreContract.NAME)).isNotEqualTo(stamp);
    }

    @Test
    default void catching_up_with_nothing_new_changes_no_number() {
        first().policies().save(PolicyStoreContract.policy("p", 1, "x"));
        first().hosted().apply("main", HostedStoreContract.NAME, 0, HostedStoreContract.put("1.0.0"), List.of());
        caughtUp();
        List<Long> before = numbers();

        caughtUp();

        assertThat(numbers()).isEqualTo(before);
    }

    /** The numbers the second node answers from memory. */
    private List<Long> numbers() {
        return List.of(
                second().policies().revision(),
                second().tokens().revision(),
                second().repositories().revision(),
                second().advisories().revision(),
                second().hosted().stamp(HostedStoreContract.NAME),
                second().history().stamp(HostedStoreContract.NAME));
    }

    @Test
    default void whoever_catches_up_after_an_answer_sees_what_it_was_about_however_many_do_at_once() {
        Together.run(5, number -> {
            for (int i = 1; i <= 20; i++) {
                if (number == 0) {
                    first().policies().save(PolicyStoreContract.policy("counter", i, "x"));
                } else {
                    int answered = precedence(first());
                    assertThat(precedence(caughtUp())).isGreaterThanOrEqualTo(answered);
                }
            }
        });
        assertThat(precedence(caughtUp())).isEqualTo(20);
    }

    private static int precedence(Node node) {
        return node.policies().find("counter").map(Policy::precedence).orElse(0);
    }

    @Test
    default void who_saw_the_time_of_a_lesson_sees_the_lesson() {
        long start = caughtUp().history().stamp(HistoryStoreContract.NAME);
        Together.run(2, number -> {
            for (int i = 1; i <= 20; i++) {
                if (number == 0) {
                    first().history()
                            .learn(
                                    HistoryStoreContract.file(HistoryStoreContract.NAME, "v" + i),
                                    HistoryStoreContract.told(1));
                } else if (caughtUp().history().stamp(HistoryStoreContract.NAME) != start) {
                    assertThat(second().history()
                                    .of("main", HistoryStoreContract.NAME)
                                    .isEmpty())
                            .isFalse();
                }
            }
        });
        assertThat(caughtUp().history().of("main", HistoryStoreContract.NAME).of("npm"))
                .hasSize(20);
    }
}
