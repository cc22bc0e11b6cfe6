package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.OTHER;
import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.kernel.repository.Upstream.Trust;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dependency confusion: who may be asked for what. */
class ForeignFilesTest {

    private final Door door = Door.unlisting().trusting();

    private void reserve(String pattern) {
        Repository former = door.gate.repository();
        door.gate.repository(new Repository(
                former.name(), former.openReads(), former.upstreams(), List.of(NamePattern.parse(pattern))));
    }

    private long askedOther() {
        return door.gate.upstreams().asked().stream()
                .filter(uri -> uri.toString().startsWith(OTHER))
                .count();
    }

    @Test
    void a_file_that_a_hosted_version_lacks_is_asked_from_no_upstream() {
        door.publish("1.0", "lib-1.0.txt", "ours");
        door.hasFile(UP, "1.0", "sources.txt", "theirs");
        assertThat(Door.missing(door.file(door.want("1.0", "sources.txt"))).unavailable())
                .isFalse();
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/sources.txt")).isZero();
        assertThat(door.bytes("1.0")).isEqualTo("ours");
    }

    @Test
    void other_versions_of_a_hosted_package_still_come_from_a_trusted_upstream() {
        door.publish("1.0", "lib-1.0.txt", "ours");
        door.has(UP, "1.1");
        assertThat(door.bytes("1.1")).isEqualTo("bytes of 1.1");
    }

    @Test
    void a_file_kept_from_an_upstream_does_not_join_the_version_once_it_is_published_here() {
        door.has(UP, "1.0");
        door.hasFile(UP, "1.0", "sources.txt", "theirs");
        assertThat(door.bytes(door.want("1.0", "sources.txt"))).isEqualTo("theirs");
        door.publishOver("1.0", "lib-1.0.txt", "ours");
        Door.missing(door.file(door.want("1.0", "sources.txt")));
        assertThat(door.bytes("1.0")).isEqualTo("ours");
    }

    @Test
    void an_untrusted_upstream_is_not_asked_for_unlisted_files_of_a_name_that_a_trusted_one_has() {
        door.gate.upstream("other", OTHER, Trust.UNTRUSTED);
        door.has(UP, "1.0");
        door.hasFile(OTHER, "6.6", "lib-6.6.txt", "confusing");
        Door.missing(door.file("6.6"));
        assertThat(askedOther()).isZero();
    }

    @Test
    void an_untrusted_upstream_is_not_asked_for_a_name_that_is_hosted() {
        door.gate.upstream("other", OTHER, Trust.UNTRUSTED);
        door.publish("1.0", "lib-1.0.txt", "ours");
        long asked = askedOther(); // whether the name was theirs
        door.has(OTHER, "6.6");
        door.pass(java.time.Duration.ofDays(1));
        Door.missing(door.file("6.6"));
        door.publish("1.1", "lib-1.1.txt", "ours too");
        assertThat(door.versions()).containsExactly("1.0", "1.1");
        assertThat(askedOther()).isEqualTo(asked);
    }

    @Test
    void an_untrusted_upstream_that_comes_first_does_not_win_over_a_trusted_one() {
        Door mixed = Door.listing();
        mixed.gate.upstream("other", OTHER, Trust.UNTRUSTED).upstream("up", UP, Trust.TRUSTED);
        mixed.has(OTHER, "6.6").has(UP, "1.0");
        assertThat(mixed.versions()).containsExactly("1.0");
        Door.missing(mixed.file("6.6"));
    }

    @Test
    void an_untrusted_upstream_is_not_asked_while_a_trusted_one_cannot_be() {
        door.gate.upstream("other", OTHER, Trust.UNTRUSTED);
        door.has(OTHER, "1.0");
        door.gate.upstreams().down(UP, true);
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
        assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
        assertThat(askedOther()).isZero();
        door.gate.upstreams().down(UP, false);
        door.pass(java.time.Duration.ofMinutes(2));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_file_kept_from_an_untrusted_upstream_is_not_served_once_the_name_is_hosted() {
        Door open = Door.unlisting();
        open.gate.upstream("other", OTHER, Trust.UNTRUSTED);
        open.has(OTHER, "1.0");
        assertThat(open.bytes("1.0")).isEqualTo("bytes of 1.0");
        open.publishOver("2.0", "lib-2.0.txt", "ours");
        Door.missing(open.file("1.0"));
    }

    @Test
    void a_reserved_name_is_never_asked_upstream_from_the_next_request_on() {
        for (String pattern : List.of("text:lib", "text:l*", "*:lib")) {
            Door fresh = Door.listing().trusting().has(UP, "1.0");
            assertThat(fresh.bytes("1.0")).isEqualTo("bytes of 1.0");
            int asked = fresh.gate.upstreams().asked().size();
            fresh.gate.reserve(pattern);
            assertThat(Door.missing(fresh.index()).why()).contains("no upstream is asked for it");
            Door.missing(fresh.file("1.0"));
            assertThat(fresh.gate.gate().fileFromMemory(fresh.visit(), fresh.want("1.0")))
                    .isNull();
            assertThat(fresh.gate.gate().indexFromMemory(fresh.visit(), fresh.gate.repository(), fresh.name("lib")))
                    .isNull();
            assertThat(fresh.gate.upstreams().asked()).hasSize(asked);
        }
    }

    @Test
    void what_was_kept_of_a_reserved_name_is_served_again_once_it_is_not_reserved() {
        door.has(UP, "1.0");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        reserve("text:lib");
        Door.missing(door.file("1.0"));
        reserve("text:another");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt")).isOne();
    }

    @Test
    void a_hosted_package_of_a_reserved_name_is_served() {
        reserve("text:lib");
        door.publish("1.0", "lib-1.0.txt", "ours");
        assertThat(door.bytes("1.0")).isEqualTo("ours");
        assertThat(door.gate.upstreams().asked()).isEmpty();
    }

    @Test
    void a_failing_trusted_upstream_opens_no_file_of_an_untrusted_one() {
        // no trusted upstream has an index of the name, so that both may be asked for files
        door.gate.upstream("other", OTHER, Trust.UNTRUSTED);
        door.gate.upstreams().says(UP + "lib/1.0/lib-1.0.txt", 500);
        door.has(OTHER, "1.0");
        assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
        assertThat(door.gate.upstreams().asked(OTHER + "lib/1.0/lib-1.0.txt")).isZero();
    }

    @Test
    void an_upstream_taken_out_of_the_configuration_does_not_take_its_kept_files_along() {
        door.has(UP, "1.0");
        door.bytes("1.0");
        door.gate.repository(new Repository(
                "main",
                true,
                List.of(new Upstream("other", "text", URI.create(OTHER), 0, Trust.TRUSTED, null)),
                List.of()));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }
}
