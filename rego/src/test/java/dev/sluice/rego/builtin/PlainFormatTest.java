package dev.sluice.rego.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlainFormatTest {
    private static final List<String> PIECES =
            List.of("%s", "%v", "%d", "%s%s", "a", "é: ", "\ud83d\ude00", "%%", "%5d", "%x", "%");
    private static final List<Value> VALUES = Stream.of(
                    "\"\"",
                    "\"text\"",
                    "\"é\"",
                    "0",
                    "-0",
                    "7",
                    "-12",
                    "7.0",
                    "7.25",
                    "1e3",
                    "1234567.5",
                    "0.00001",
                    "12345678901234567890",
                    "null",
                    "true",
                    "[1, \"a\"]",
                    "{\"a\": 1.0}")
            .map(Json::read)
            .toList();

    @Property
    void a_plain_format_gives_what_formatting_gives(
            @ForAll @Size(max = 5) List<@IntRange(max = 10) Integer> pieces,
            @ForAll @Size(max = 5) List<@IntRange(max = 16) Integer> drawn)
            throws BuiltinException {
        String format = String.join("", pieces.stream().map(PIECES::get).toList());
        Value[] values = drawn.stream().map(VALUES::get).toArray(Value[]::new);
        PlainFormat plain = PlainFormat.of(format, values.length);
        Value found = plain == null ? null : plain.apply(values);
        if (found != null) {
            assertThat(found)
                    .isEqualTo(StringValue.of(new GoFormat(format, ArrayValue.of(values)).format(new Calls(0))));
        }
    }

    @Test
    void what_policies_say_is_mostly_plain() {
        PlainFormat format = Objects.requireNonNull(PlainFormat.of("%s: cvss %v, %d of %d", 4));
        assertThat(format.apply(
                        new Value[] {StringValue.of("CVE-1"), Json.read("9.8"), Json.read("1"), Json.read("20")}))
                .isEqualTo(StringValue.of("CVE-1: cvss 9.8, 1 of 20"));
    }

    @Test
    void a_value_that_is_printed_otherwise_than_written_is_left_to_the_whole_formatting() {
        PlainFormat format = Objects.requireNonNull(PlainFormat.of("%v", 1));
        assertThat(format.apply(new Value[] {Json.read("1234567.5")})).isNull();
        assertThat(PlainFormat.of("%v %v", 1)).isNull();
        assertThat(PlainFormat.of("%5v", 1)).isNull();
        assertThat(PlainFormat.of("100%", 0)).isNull();
    }
}
