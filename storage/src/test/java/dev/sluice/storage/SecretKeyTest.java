package dev.sluice.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SecretKeyTest {

    private final SecretKey key = SecretKey.generate();

    @Property(tries = 200)
    void opens_what_it_sealed_for_the_same_place_and_nothing_else(
            @ForAll String secret, @ForAll String place, @ForAll String elsewhere) {
        String sealed = key.seal(secret, place);

        assertThat(SecretKey.isSealed(sealed)).isTrue();
        assertThat(SecretKey.idOf(sealed)).isEqualTo(key.id());
        assertThat(key.open(sealed, place)).isEqualTo(secret);
        assertThat(key.seal(secret, place)).as("never the same twice").isNotEqualTo(sealed);
        if (!elsewhere.equals(place)) {
            assertThatIllegalArgumentException().isThrownBy(() -> key.open(sealed, elsewhere));
        }
    }

    @Property(tries = 200)
    void notices_every_change(@ForAll int seed) {
        String sealed = key.seal("hunter2", "here");
        int start = sealed.lastIndexOf(':') + 1;
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(start));
        int bit = Math.floorMod(seed, bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.open(
                        sealed.substring(0, start) + Base64.getEncoder().encodeToString(bytes), "here"))
                .withMessageNotContaining("hunter2");
    }

    @Test
    void another_key_says_that_it_is_another() {
        SecretKey other = SecretKey.generate();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> other.open(key.seal("hunter2", "here"), "here"))
                .withMessage("sealed with the key " + key.id() + ", and this is the key " + other.id());
    }

    @Test
    void is_read_as_it_is_written_and_never_shown() {
        assertThat(SecretKey.parse(key.text() + "\n").id()).isEqualTo(key.id());
        assertThat(key.toString()).doesNotContain(key.text());
        byte[] bytes = java.util.HexFormat.of().parseHex(key.text());
        assertThat(SecretKey.parse(Base64.getEncoder().encodeToString(bytes)).id())
                .isEqualTo(key.id());
        for (String wrong :
                new String[] {"", "short", key.text() + "00", key.text().replace('a', 'x') + "!"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SecretKey.parse(wrong))
                    .withMessageStartingWith("a secret key is 32 random bytes");
        }
    }
}
