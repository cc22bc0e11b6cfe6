package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import org.junit.jupiter.api.Test;

/** What every {@link DocumentStore} does. */
public interface DocumentStoreContract {
    /** The store under test; the same one throughout a test. */
    DocumentStore store();

    /** Closes the store and opens it again on the same data. */
    DocumentStore reopened();

    /** An answer under that key, validated that many seconds after it was fetched. */
    static Document document(String key, long seconds) {
        return new Document(
                "main",
                "npm",
                "registry",
                key,
                Samples.contents(key + seconds).sha256(),
                "application/json",
                "W/\"" + seconds + "\"",
                "Sat, 03 Feb 2001 04:05:06 GMT",
                Samples.INSTANT,
                Samples.INSTANT.plusSeconds(seconds));
    }

    @Test
    default void gives_back_every_property() {
        store().save(document("index:a", 1));

        assertThat(store().find("main", "npm", "registry", "index:a")).contains(document("index:a", 1));
        assertThat(reopened().find("main", "npm", "registry", "index:a")).contains(document("index:a", 1));
    }

    @Test
    default void remembers_that_there_is_none() {
        Document absent = new Document(
                "main", "npm", "registry", "index:a", null, "", null, null, Samples.INSTANT, Samples.INSTANT);
        store().save(document("index:a", 1));
        store().save(absent);

        Document kept = store().find("main", "npm", "registry", "index:a").orElseThrow();
        assertThat(kept).isEqualTo(absent);
        assertThat(kept.isAbsent()).isTrue();
    }

    @Test
    default void replaces_the_former_answer() {
        store().save(document("index:a", 1));
        store().save(document("index:a", 2));

        assertThat(store().find("main", "npm", "registry", "index:a")).contains(document("index:a", 2));
    }

    @Test
    default void finds_only_under_the_whole_key() {
        store().save(document("index:a", 1));

        assertThat(store().find("other", "npm", "registry", "index:a")).isEmpty();
        assertThat(store().find("main", "pypi", "registry", "index:a")).isEmpty();
        assertThat(store().find("main", "npm", "mirror", "index:a")).isEmpty();
        assertThat(store().find("main", "npm", "registry", "index:A")).isEmpty();
        assertThat(store().find("main", "npm", "registry", "index:a\0")).isEmpty();
    }

    @Test
    default void keeps_hostile_answers_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            Document document = new Document(
                    "main",
                    "npm",
                    "registry",
                    text,
                    null,
                    text,
                    text,
                    text,
                    Samples.INSTANT,
                    Samples.INSTANT.plusSeconds(1));
            store().save(document);
            assertThat(store().find("main", "npm", "registry", text)).contains(document);
        }
    }

    @Test
    default void an_answer_with_bytes_no_database_keeps_is_kept_without_them() {
        Document hostile = new Document(
                "main", "npm", "registry", "k", null, "a\0b", "\uD800", "\0", Samples.INSTANT, Samples.INSTANT);
        store().save(hostile);

        Document kept = store().find("main", "npm", "registry", "k").orElseThrow();
        assertThat(kept.contentType()).isEqualTo("a\uFFFDb");
        assertThat(kept.etag()).isEqualTo("\uFFFD");
    }

    @Test
    default void answers_saved_at_the_same_time_are_all_kept() {
        DocumentStore store = store();

        Together.run(8, number -> {
            for (int i = 0; i < 20; i++) {
                store.save(document(number + ":" + i, i));
            }
        });

        for (int number = 0; number < 8; number++) {
            for (int i = 0; i < 20; i++) {
                assertThat(store.find("main", "npm", "registry", number + ":" + i))
                        .contains(document(number + ":" + i, i));
            }
        }
    }

    @Test
    default void a_forgotten_answer_is_gone_and_no_other() {
        store().save(document("one", 1));
        store().save(document("two", 2));

        assertThat(store().remove("main", "npm", "registry", "one")).isTrue();
        assertThat(store().remove("main", "npm", "registry", "one")).isFalse();
        assertThat(store().remove("main", "npm", "registry", "a\0b")).isFalse();
        assertThat(store().find("main", "npm", "registry", "one")).isEmpty();
        assertThat(store().find("main", "npm", "registry", "two")).isPresent();
    }
}
