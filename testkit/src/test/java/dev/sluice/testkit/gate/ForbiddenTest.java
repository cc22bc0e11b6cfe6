package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.OTHER;
import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.repository.Upstream;
import dev.sluice.kernel.repository.Upstream.Forbidden;
import dev.sluice.kernel.repository.Upstream.Trust;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an upstream's 403 means, and where what it does not give may come from. */
class ForbiddenTest {

    /** An upstream that answers 403 to everything, and another behind it that has version 1.0. */
    private static Door door(Door door, Forbidden forbidden, Trust behind) {
        door.gate.repository(door.gate
                .repository()
                .with(
                        true,
                        List.of(
                                new Upstream("up", door.format.id(), URI.create(UP), 1, Trust.TRUSTED, null)
                                        .meaning(false, forbidden),
                                new Upstream("other", door.format.id(), URI.create(OTHER), 2, behind, null)),
                        List.of()));
        door.has(OTHER, "1.0");
        for (String path : List.of("lib", "lib/1.0/lib-1.0.txt", "lib/1.0/lib-1.0.txt.sha256")) {
            door.gate.upstreams().says(UP + path, 403);
        }
        return door;
    }

    @ParameterizedTest(name = "indexes list files: {0}, 403 means {1}, the other is {2}")
    @CsvSource({
        "true,ABSENT,UNTRUSTED,true",
        "false,ABSENT,UNTRUSTED,true",
        "true,ABSENT,TRUSTED,true",
        "false,ABSENT,TRUSTED,true",
        "true,REFUSED,UNTRUSTED,false",
        "false,REFUSED,UNTRUSTED,false"
    })
    void what_one_does_not_have_comes_from_another_and_what_one_refuses_from_nobody_less_trusted(
            boolean lists, Forbidden forbidden, Trust behind, boolean leaves) {
        Door door = door(lists ? Door.listing() : Door.unlisting(), forbidden, behind);
        if (leaves) {
            assertThat(door.versions()).containsExactly("1.0");
            assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        } else {
            assertThat(Door.missing(door.index()).unavailable()).isTrue();
            assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
            assertThat(door.gate.upstreams().asked())
                    .noneMatch(uri -> uri.toString().startsWith(OTHER));
        }
    }

    @Test
    void a_refusal_says_what_to_set_where_it_is_none() {
        Door door = door(Door.unlisting(), Forbidden.REFUSED, Trust.UNTRUSTED);
        assertThat(Door.missing(door.index()).why())
                .contains("upstream 'up' answered 403")
                .contains("sluice upstream set up --forbidden absent");
        door.gate.upstreams().lacks(UP + "lib");
        door.pass(Duration.ofDays(1));
        assertThat(Door.missing(door.file("1.0")).why()).contains("sluice upstream set up --forbidden absent");
    }

    @Test
    void what_nobody_has_is_not_there() {
        Door door = door(Door.listing(), Forbidden.ABSENT, Trust.UNTRUSTED);
        door.gate.upstreams().lacks(OTHER + "lib");
        assertThat(Door.missing(door.index()).unavailable()).isFalse();
    }

    @Test
    void a_name_that_an_upstream_refuses_is_not_published() {
        Door door = door(Door.listing(), Forbidden.REFUSED, Trust.UNTRUSTED);
        door.gate.upstreams().lacks(OTHER + "lib");
        assertThatThrownBy(() -> door.publish("2.0", "lib-2.0.txt", "ours"))
                .hasMessageContaining("nobody knows now")
                .hasMessageContaining("--forbidden absent");
    }
}
