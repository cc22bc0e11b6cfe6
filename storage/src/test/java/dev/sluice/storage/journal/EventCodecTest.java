package dev.sluice.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.journal.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Events in the form of the log. */
class EventCodecTest {

    @Property(tries = 300)
    void an_instant_of_any_age_is_read_as_it_was_written(
            @ForAll @LongRange(min = -100_000_000_000L, max = 300_000_000_000L) long second,
            @ForAll @IntRange(max = 999_999_999) int nano) {
        for (int shown : new int[] {nano, nano / 1_000 * 1_000, nano / 1_000_000 * 1_000_000, 0}) {
            Instant at = Instant.ofEpochSecond(second, shown);
            assertThat(EventCodec.decode(EventCodec.encode(at(at))).at()).isEqualTo(at);
        }
    }

    @Test
    void an_instant_that_somebody_else_wrote_means_what_java_says_it_means() {
        for (String text : List.of(
                "2026-11-28T15:41:50.5Z",
                "2026-11-28T15:41:50.123456Z",
                "2024-02-29T23:59:59Z",
                "2026-11-28T24:00:00Z",
                "2026-11-28T15:41:50+02:00",
                "+1000000-01-01T00:00:00Z",
                "-0001-12-31T23:59:59.999999999Z")) {
            assertThat(EventCodec.decode(json(text)).at()).isEqualTo(Instant.parse(text));
        }
    }

    @Property(tries = 300)
    void any_text_is_read_as_it_was_written_and_by_others_too(@ForAll String text, @ForAll List<String> policies) {
        Event event = about(text, policies);
        byte[] json = EventCodec.encode(event);
        Assume.that(utf8(text).equals(text) && policies.stream().allMatch(p -> p.equals(utf8(p))));
        assertThat(EventCodec.decode(json)).isEqualTo(event);
        assertThat(JsonMapper.shared().readTree(json).path("message").asString())
                .isEqualTo(text);
    }

    @Test
    void control_characters_quotes_and_every_plane_of_unicode_are_kept() {
        StringBuilder all =
                new StringBuilder("\"\\/\b\f\n\r\t\u007F\u0080\u07FF\u0800\uFFFD\uFFFF\uD83D\uDE00\uDBFF\uDFFF");
        for (char c = 0; c < 0x100; c++) {
            all.append(c);
        }
        String text = all.toString().repeat(50);
        assertThat(EventCodec.decode(EventCodec.encode(about(text, List.of(text, "", text)))))
                .isEqualTo(about(text, List.of(text, "", text)));
    }

    @Test
    void half_a_surrogate_pair_becomes_the_replacement_character() {
        for (String half : List.of("a\uD83Db", "\uDE00", "\uD83D", "\uD83D\uD83D\uDE00")) {
            String expected = half.equals("\uD83D\uD83D\uDE00")
                    ? "\uFFFD\uD83D\uDE00"
                    : half.replaceAll("[\uD800-\uDFFF]", "\uFFFD");
            assertThat(EventCodec.decode(EventCodec.encode(about(half, List.of())))
                            .message())
                    .isEqualTo(expected);
        }
    }

    @Test
    void what_is_no_instant_is_no_event() {
        for (String text : List.of(
                "", "Z", "2026-02-30T00:00:00Z", "2026-11-28T15:61:50Z", "2026-11-28t15:41:5xZ", "20261128T154150Z")) {
            assertThatThrownBy(() -> EventCodec.decode(json(text))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Event at(Instant at) {
        return Event.of("1", at, Event.Kind.ADMIN, Event.Actor.SYSTEM, "");
    }

    private static Event about(String text, List<String> policies) {
        return Event.of("1", Instant.EPOCH, Event.Kind.ADMIN, Event.Actor.SYSTEM, text)
                .decidedBy(policies);
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static byte[] json(String at) {
        return ("{\"id\":\"1\",\"at\":\"" + at + "\",\"kind\":\"ADMIN\",\"user\":\"system\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
