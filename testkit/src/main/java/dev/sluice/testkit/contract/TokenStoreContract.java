package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link TokenStore} does. */
public interface TokenStoreContract {
    /** The store under test; the same one throughout a test. */
    TokenStore store();

    /** Closes the store and opens it again on the same data. */
    TokenStore reopened();

    /** A token made that many seconds after the sample instant. */
    static Token token(String id, long seconds) {
        return new Token(
                id,
                "name of " + id,
                "user of " + id,
                Samples.contents(id).sha256().hex(),
                Role.PUBLISHER,
                List.of("main", "other"),
                Samples.INSTANT.plusSeconds(seconds),
                Samples.INSTANT.plusSeconds(seconds + 60));
    }

    @Test
    default void gives_back_every_property() {
        store().add(token("a", 0));

        assertThat(store().find("a")).contains(token("a", 0));
        assertThat(reopened().find("a")).contains(token("a", 0));
    }

    @Test
    default void a_token_may_live_for_ever_and_reach_everywhere() {
        Token token = new Token("a", "n", "u", "h", Role.READER, List.of(), Instant.EPOCH, null);
        store().add(token);

        assertThat(reopened().find("a")).contains(token);
    }

    @Test
    default void does_not_find_what_was_never_added() {
        store().add(token("a", 0));

        assertThat(store().find("A")).isEmpty();
        assertThat(store().find("")).isEmpty();
        assertThat(store().find("a\0")).isEmpty();
    }

    @Test
    default void the_revision_grows_with_every_change() {
        long before = store().revision();
        store().add(token("a", 0));
        long added = store().revision();
        store().remove("a");
        long removed = store().revision();

        assertThat(added).isGreaterThan(before);
        assertThat(removed).isGreaterThan(added);
        assertThat(reopened().revision()).isEqualTo(removed);
    }

    @Test
    default void lists_by_creation() {
        store().add(token("z", 1));
        store().add(token("a", 2));
        store().add(token("m", 0));

        assertThat(store().list()).extracting(Token::id).containsExactly("m", "z", "a");
    }

    @Test
    default void refuses_a_taken_identifier_and_keeps_the_first() {
        store().add(token("a", 0));

        assertThatThrownBy(() -> store().add(token("a", 5))).isInstanceOf(IllegalArgumentException.class);
        assertThat(store().find("a")).contains(token("a", 0));
    }

    @Test
    default void removes_a_token_once() {
        store().add(token("a", 0));

        assertThat(store().remove("a")).isTrue();
        assertThat(store().find("a")).isEmpty();
        assertThat(store().remove("a")).isFalse();
        assertThat(reopened().list()).isEmpty();
    }

    @Test
    default void keeps_hostile_names_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            Token token = new Token(
                    "id-" + text.hashCode(), text, text, "hash", Role.AUDITOR, List.of(text), Samples.INSTANT, null);
            store().add(token);
            assertThat(store().find(token.id())).contains(token);
        }

        assertThat(reopened().list()).extracting(Token::name).containsAll(Samples.HOSTILE_TEXTS);
    }

    @Test
    default void of_many_who_take_an_identifier_one_gets_it() {
        TokenStore store = store();

        List<Boolean> added = Together.all(8, number -> {
            try {
                store.add(token("same", number));
                return true;
            } catch (IllegalArgumentException taken) {
                return false;
            }
        });

        assertThat(added).containsOnlyOnce(true);
        assertThat(store.list()).containsExactly(token("same", added.indexOf(true)));
    }

    @Test
    default void a_change_is_seen_by_the_next_call_of_whoever_made_it() {
        TokenStore store = store();

        Together.run(6, number -> {
            for (int i = 0; i < 20; i++) {
                String id = number + "-" + i;
                store.add(token(id, i));
                assertThat(store.find(id)).isPresent();
                assertThat(store.remove(id)).isTrue();
                assertThat(store.find(id)).isEmpty();
            }
        });
    }
}
