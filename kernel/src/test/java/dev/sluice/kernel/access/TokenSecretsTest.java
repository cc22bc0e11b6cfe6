package dev.sluice.kernel.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.TokenSecrets.Issued;
import dev.sluice.kernel.access.TokenSecrets.Presented;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TokenSecretsTest {

    private final Issued issued = TokenSecrets.issue("ci", "ada", Role.READER, List.of(), Instant.EPOCH, null);

    private static Presented parsed(String text) {
        return Objects.requireNonNull(TokenSecrets.parse(text));
    }

    @Test
    void an_issued_secret_matches_its_own_token_only() {
        Issued other = TokenSecrets.issue("ci", "ada", Role.READER, List.of(), Instant.EPOCH, null);

        assertThat(TokenSecrets.matches(parsed(issued.text()), issued.token())).isTrue();
        assertThat(TokenSecrets.matches(parsed(issued.text()), other.token())).isFalse();
        assertThat(TokenSecrets.matches(
                        new Presented(issued.token().id(), parsed(other.text()).secret()), issued.token()))
                .isFalse();
    }

    @Test
    void a_token_within_an_address_is_shown_without_its_secret() {
        assertThat(TokenSecrets.masked("/npm/main/-/user/token/" + issued.text()))
                .isEqualTo("/npm/main/-/user/token/slc_" + issued.token().id() + "_****");
        assertThat(TokenSecrets.masked("/npm/main/-/user/token/"
                        + issued.text().replace("_", "%5F").replace("a", "%61")))
                .doesNotContain("%61")
                .isEqualTo(TokenSecrets.masked("/npm/main/-/user/token/" + issued.text()));
        assertThat(TokenSecrets.masked("/npm/main/@scope%2fname")).isEqualTo("/npm/main/@scope%2fname");
        assertThat(TokenSecrets.masked("/npm/main/lodash")).isEqualTo("/npm/main/lodash");
    }

    @Test
    void neither_secret_nor_hash_is_printed() {
        String secret = parsed(issued.text()).secret();

        assertThat(issued.toString() + parsed(issued.text()))
                .doesNotContain(secret)
                .doesNotContain(issued.token().secretHash());
    }

    @Test
    void what_is_no_token_is_not_read() {
        assertThat(TokenSecrets.parse("")).isNull();
        assertThat(TokenSecrets.parse("hunter2")).isNull();
        assertThat(TokenSecrets.parse(issued.text() + "0")).isNull();
        assertThat(TokenSecrets.parse(issued.text().replace("slc_", "SLC_"))).isNull();
        assertThat(TokenSecrets.parse("slc_" + "a".repeat(100_000))).isNull();
    }
}
