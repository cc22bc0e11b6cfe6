package dev.sluice.rego.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ClockNumberTest {
    private static NumberValue n(long value) {
        return NumberValue.of(value);
    }

    @Test
    void knows_when_an_age_reaches_a_limit() {
        ClockNumber age = ClockNumber.now(1_000).minusConstant(n(400));
        assertThat(age.text()).isEqualTo("600");
        assertThat(age.reaches(n(700))).isEqualTo(1_100);
        assertThat(age.passes(n(700))).isEqualTo(1_101);
        assertThat(age.reaches(n(600))).isEqualTo(ClockNumber.NEVER);
        assertThat(age.passes(n(600))).isEqualTo(1_001);
    }

    @Test
    void knows_when_a_countdown_reaches_zero() {
        ClockNumber left = ClockNumber.now(1_000).subtractedFrom(n(1_500));
        assertThat(left.text()).isEqualTo("500");
        assertThat(left.reaches(n(0))).isEqualTo(1_500);
        assertThat(left.passes(n(0))).isEqualTo(1_501);
    }

    @Test
    void the_difference_of_two_clocks_is_a_constant() {
        ClockNumber now = ClockNumber.now(1_000);
        assertThat(now.plusConstant(n(5)).minusClock(now)).isEqualTo(n(5));
        assertThat(now.subtractedFrom(n(5)).minusClock(now)).isNull();
    }

    @Property(tries = 100)
    void nothing_happens_before_the_crossing_and_something_at_it(
            @ForAll @IntRange(min = 0, max = 5) int shape,
            @ForAll @LongRange(min = -3000, max = 3000) long bound,
            @ForAll @LongRange(min = -500, max = 500) long offset) {
        ClockNumber clock = ClockNumber.now(1_000);
        NumberValue tenth = NumberValue.parse("0.1");
        ClockNumber number = switch (shape) {
            case 0 -> clock.plusConstant(n(offset));
            case 1 -> clock.subtractedFrom(n(offset));
            case 2 -> clock.mapped(1, value -> value.dividedBy(n(7)));
            case 3 -> clock.subtractedFrom(n(offset)).mapped(1, value -> value.times(tenth));
            case 4 -> clock.mapped(1, value -> value.dividedBy(n(7))).mapped(1, NumberValue::floor);
            default -> clock.mapped(-1, value -> value.times(n(-3)));
        };
        for (NumberValue limit : List.of(n(bound), n(bound).dividedBy(n(10)))) {
            long reaches = number.reaches(limit);
            long passes = number.passes(limit);
            int before = number.present().compareTo(limit) * number.direction();
            for (long t = 1_000; t < 3_000; t++) {
                int side = number.at(t).compareTo(limit) * number.direction();
                assertThat(side >= 0).isEqualTo(before >= 0 || t >= reaches);
                assertThat(side > 0).isEqualTo(before > 0 || t >= passes);
            }
        }
    }
}
