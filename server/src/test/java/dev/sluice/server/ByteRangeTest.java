package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class ByteRangeTest {

    @Property(tries = 300)
    void a_range_never_reaches_outside(
            @ForAll @LongRange(min = 0, max = 1000) long size,
            @ForAll @LongRange(min = 0, max = 2000) long first,
            @ForAll @LongRange(min = 0, max = 2000) long last) {
        for (String header : new String[] {"bytes=" + first + "-" + last, "bytes=" + first + "-", "bytes=-" + last}) {
            ByteRange range = ByteRange.parse(header, size);
            if (range != null && !range.isUnsatisfiable()) {
                assertThat(range.first()).isNotNegative();
                assertThat(range.first() + range.length()).isLessThanOrEqualTo(size);
            }
        }
    }

    @Property(tries = 300)
    void nonsense_is_ignored(@ForAll @StringLength(max = 30) String text) {
        ByteRange range = ByteRange.parse(text, 10);

        assertThat(range == null || range.first() + range.length() <= 10).isTrue();
    }
}
