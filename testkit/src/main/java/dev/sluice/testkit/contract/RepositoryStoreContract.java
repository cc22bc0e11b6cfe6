package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.kernel.repository.Upstream.Basic;
import dev.sluice.kernel.repository.Upstream.Bearer;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link RepositoryStore} does. */
public interface RepositoryStoreContract {
    /** The store under test; the same one throughout a test. */
    RepositoryStore store();

    /** Closes the store and opens it again on the same data. */
    RepositoryStore reopened();

    /** A repository that uses every property. */
    static Repository full(String name) {
        return new Repository(
                name,
                true,
                List.of(
                        new Upstream(
                                "npm", "npm", URI.create("https://registry.example/npm/"), 2, Trust.UNTRUSTED, null),
                        new Upstream(
                                "internal",
                                "npm",
                                URI.create("http://registry.example:8080/a%2Fb/?x=1"),
                                1,
                                Trust.TRUSTED,
                                new Basic("user", "pa'ss\"wörd")),
                        new Upstream(
                                "pypi",
                                "pypi",
                                URI.create("https://registry.example/pypi/"),
                                0,
                                Trust.TRUSTED,
                                new Bearer("s3cret"),
                                true,
                                Upstream.Forbidden.ABSENT)),
                List.of(NamePattern.parse("npm:@acme/*"), NamePattern.parse("*:o'brien-*")));
    }

    @Test
    default void gives_back_every_property() {
        store().save(full("main"));

        assertThat(store().find("main")).contains(full("main"));
        assertThat(reopened().find("main")).contains(full("main"));
    }

    @Test
    default void the_revision_grows_with_every_change() {
        long before = store().revision();
        store().save(full("main"));
        long saved = store().revision();
        store().remove("main");
        long removed = store().revision();

        assertThat(saved).isGreaterThan(before);
        assertThat(removed).isGreaterThan(saved);
        assertThat(reopened().revision()).isEqualTo(removed);
    }

    @Test
    default void replaces_the_repository_of_that_name_with_all_its_parts() {
        store().save(full("main"));
        Repository bare = new Repository("main", false, List.of(), List.of());
        store().save(bare);

        assertThat(store().find("main")).contains(bare);
        assertThat(reopened().list()).containsExactly(bare);
    }

    @Test
    default void lists_by_name() {
        store().save(full("b"));
        store().save(full("a"));
        store().save(full("a-1"));

        assertThat(store().list()).extracting(Repository::name).containsExactly("a", "a-1", "b");
    }

    @Test
    default void finds_a_renamed_repository_by_every_name_it_had() {
        store().save(full("main"));
        Repository renamed = full("main").renamed("second").renamed("third");
        store().save(renamed);
        store().save(full("other"));

        for (String name : List.of("main", "second", "third")) {
            assertThat(store().find(name)).contains(renamed);
        }
        assertThat(reopened().find("main")).contains(renamed);
        assertThat(store().list()).containsExactly(full("other"), renamed);
        assertThat(store().remove("main")).isTrue();
        assertThat(store().find("third")).isEmpty();
    }

    @Test
    default void removes_a_repository_once() {
        store().save(full("main"));
        store().save(full("other"));

        assertThat(store().remove("main")).isTrue();
        assertThat(store().remove("main")).isFalse();
        assertThat(store().find("main")).isEmpty();
        assertThat(reopened().list()).containsExactly(full("other"));
    }

    @Test
    default void does_not_find_what_was_never_saved() {
        assertThat(store().find("main")).isEmpty();
        assertThat(store().find("'; DROP TABLE repository; --")).isEmpty();
        assertThat(store().list()).isEmpty();
    }

    @Test
    default void keeps_hostile_secrets_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            Repository repository = new Repository(
                    "main",
                    false,
                    List.of(new Upstream(
                            "u",
                            "npm",
                            URI.create("https://registry.example/"),
                            0,
                            Trust.TRUSTED,
                            new Basic(text, text))),
                    List.of());
            store().save(repository);
            assertThat(reopened().find("main")).contains(repository);
        }
    }

    @Test
    default void a_repository_is_never_seen_half_saved() {
        RepositoryStore store = store();
        store.save(full("main"));
        Repository bare = new Repository("main", false, List.of(), List.of());

        Together.run(4, number -> {
            for (int i = 0; i < 25; i++) {
                if (number == 0) {
                    store.save(i % 2 == 0 ? bare : full("main"));
                } else {
                    assertThat(store.find("main").orElseThrow()).isIn(bare, full("main"));
                }
            }
        });
    }
}
