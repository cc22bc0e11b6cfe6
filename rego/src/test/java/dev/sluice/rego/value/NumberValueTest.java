package dev.sluice.rego.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberValueTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0", "1e2", "1.50", "-0", "0", "-7", "123456789012345678901234567890", "1E+2"})
    void keeps_the_text_it_was_written_with(String text) {
        assertThat(NumberValue.parse(text).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "+1", "01", "1.", ".5", "1e", "0x10", "NaN", "1_000", " 1", "--1", "1e+"})
    void refuses_what_is_not_a_json_number(String text) {
        assertThatThrownBy(() -> NumberValue.parse(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void refuses_numbers_beyond_reason() {
        assertThatThrownBy(() -> NumberValue.parse("1e100000"))
                .isInstanceOf(NumberFormatException.class)
                .hasMessage("number too big");
        assertThatThrownBy(() -> NumberValue.parse("1e-100000")).hasMessage("number too big");
        assertThatThrownBy(() -> NumberValue.parse("1e99999999999")).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void compares_by_exact_value_and_not_by_text() {
        assertThat(NumberValue.parse("10.0")).isEqualTo(NumberValue.of(10)).hasSameHashCodeAs(NumberValue.of(10));
        assertThat(NumberValue.parse("-0")).isEqualTo(NumberValue.of(0)).hasSameHashCodeAs(NumberValue.of(0));
        assertThat(NumberValue.parse("1e2")).isEqualTo(NumberValue.of(100));
        assertThat(NumberValue.parse("9007199254740993")).isGreaterThan(NumberValue.parse("9007199254740992.0"));
        assertThat(NumberValue.parse("0.12345678901234567890"))
                .isNotEqualTo(NumberValue.parse("0.12345678901234567880"));
    }

    /** Results as OPA 1.22.2 prints them. */
    @ParameterizedTest
    @CsvSource({
        "1, /, 3, 0.33333333333333333334",
        "9223372036854775807, /, 3, 3.0744573456182586022e+18",
        "0, /, -5, -0",
        "6, /, 3, 2",
        "100000000000000000000, -, 1, 99999999999999999999",
        "1e30, +, 1, 1000000000000000000000000000001",
        "10.0, +, 1, 11",
        "0.1, +, 0.2, 0.3",
        "0.7, *, 10, 7",
        "1.1, *, 0.1, 0.110000000000000000006",
        "1.5, *, 1.5, 2.25",
        "1234567.5, +, 0, 1.2345675e+06",
        "0.00001, *, 0.5, 5e-06",
        "9223372036854775807, +, 1, 9223372036854775808",
        "-7, %, 3, -1",
        "7, %, 18446744073709551616, 7",
        "-9223372036854775808, *, -1, 9223372036854775808",
    })
    void calculates_and_prints_as_opa_does(String left, String operator, String right, String result) {
        NumberValue a = NumberValue.parse(left);
        NumberValue b = NumberValue.parse(right);
        NumberValue actual = switch (operator) {
            case "+" -> a.plus(b);
            case "-" -> a.minus(b);
            case "*" -> a.times(b);
            case "/" -> a.dividedBy(b);
            default -> a.remainder(b);
        };
        assertThat(actual.text()).isEqualTo(result);
    }

    @Test
    void says_why_a_calculation_is_impossible() {
        NumberValue half = NumberValue.parse("0.5");
        assertThatThrownBy(() -> half.dividedBy(NumberValue.ZERO)).hasMessage("divide by zero");
        assertThatThrownBy(() -> half.dividedBy(NumberValue.parse("0.0"))).hasMessage("divide by zero");
        assertThatThrownBy(() -> NumberValue.ONE.remainder(NumberValue.ZERO)).hasMessage("modulo by zero");
        assertThatThrownBy(() -> half.remainder(half)).hasMessage("modulo on floating-point number");
    }

    @ParameterizedTest
    @CsvSource({
        "2.5, 3, 3, 2",
        "-2.5, -3, -2, -3",
        "-0.5, -1, 0, -1",
        "7, 7, 7, 7",
        "1e3, 1000, 1000, 1000",
        "0.4, 0, 1, 0"
    })
    void rounds_up_down_and_to_nearest(String number, String rounded, String ceil, String floor) {
        NumberValue value = NumberValue.parse(number);
        assertThat(value.round()).isEqualTo(NumberValue.parse(rounded));
        assertThat(value.ceil()).isEqualTo(NumberValue.parse(ceil));
        assertThat(value.floor()).isEqualTo(NumberValue.parse(floor));
    }

    @Property
    void long_arithmetic_is_exact(@ForAll long a, @ForAll long b) {
        BigInteger x = BigInteger.valueOf(a);
        BigInteger y = BigInteger.valueOf(b);
        assertThat(NumberValue.of(a).plus(NumberValue.of(b)).text())
                .isEqualTo(x.add(y).toString());
        assertThat(NumberValue.of(a).minus(NumberValue.of(b)).text())
                .isEqualTo(x.subtract(y).toString());
        assertThat(NumberValue.of(a).times(NumberValue.of(b)).text())
                .isEqualTo(x.multiply(y).toString());
        assertThat(NumberValue.of(a).compareTo(NumberValue.of(b))).isEqualTo(Long.compare(a, b));
    }

    @Property
    void a_double_becomes_its_shortest_digits(@ForAll @DoubleRange(min = -1e22, max = 1e22) double value) {
        NumberValue number = NumberValue.of(value);
        assertThat(number.asDouble()).isEqualTo(value + 0.0);
        assertThat(number).isEqualTo(NumberValue.parse(number.text()));
    }

    @Property
    void order_equality_and_hash_agree(@ForAll BigDecimal a, @ForAll BigDecimal b) {
        NumberValue x = NumberValue.parse(a.toPlainString());
        NumberValue y = NumberValue.parse(b.toPlainString());
        assertThat(Integer.signum(x.compareTo(y))).isEqualTo(a.compareTo(b));
        assertThat(x.equals(y)).isEqualTo(a.compareTo(b) == 0);
        assertThat(NumberValue.parse(a.setScale(a.scale() + 2).toPlainString()))
                .isEqualTo(x)
                .hasSameHashCodeAs(x);
    }
}
