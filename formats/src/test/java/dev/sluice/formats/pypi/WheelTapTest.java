package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WheelTapTest {

    @Property(tries = 30)
    void finds_metadata_in_pieces_of_any_size(@ForAll @IntRange(min = 1, max = 200_000) int piece) throws IOException {
        assertThat(tapped(Uploads.wheel("foo", "1.0"), Math.max(piece, 100)))
                .isEqualTo(Uploads.metadata("foo", "1.0").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Timeout(60)
    void a_wheel_that_cannot_be_read_has_none_and_blocks_nobody() throws IOException {
        assertThat(tapped("no zip at all".repeat(50_000).getBytes(StandardCharsets.UTF_8), 1_000))
                .isNull();
        byte[] wheel = Uploads.wheel("foo", "1.0");
        assertThat(tapped(Arrays.copyOf(wheel, 50_000), 1_000)).isNull();
        assertThat(tapped(new byte[0], 1)).isNull();
    }

    @Test
    @Timeout(60)
    void closing_early_ends_the_reader() throws IOException {
        try (WheelTap tap = WheelTap.open()) {
            tap.write(new byte[] {'P', 'K'}, 2);
        }
    }

    private static byte @org.jspecify.annotations.Nullable [] tapped(byte[] wheel, int piece) throws IOException {
        try (WheelTap tap = WheelTap.open()) {
            for (int at = 0; at < wheel.length; at += piece) {
                byte[] bytes = Arrays.copyOfRange(wheel, at, Math.min(wheel.length, at + piece));
                tap.write(bytes, bytes.length);
            }
            return tap.metadata();
        }
    }
}
