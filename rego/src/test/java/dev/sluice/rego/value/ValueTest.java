package dev.sluice.rego.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ValueTest {
    private static NumberValue n(long value) {
        return NumberValue.of(value);
    }

    private static StringValue s(String value) {
        return StringValue.of(value);
    }

    @Test
    void a_large_array_knows_its_elements_however_often_it_is_asked() {
        Value[] elements = new Value[100];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = i % 2 == 0 ? n(i) : ArrayValue.of(s("x" + i));
        }
        ArrayValue array = ArrayValue.of(elements);
        for (int round = 0; round < 10; round++) {
            assertThat(array.contains(n(98))).isTrue();
            assertThat(array.contains(NumberValue.parse("2.0"))).isTrue();
            assertThat(array.contains(ArrayValue.of(s("x99")))).isTrue();
            assertThat(array.contains(n(1))).isFalse();
            assertThat(array.contains(s("x1"))).isFalse();
        }
    }

    @Test
    void values_of_different_kinds_compare_as_in_opa() {
        List<Value> ascending = List.of(
                NullValue.NULL,
                BooleanValue.FALSE,
                BooleanValue.TRUE,
                n(-1),
                n(2),
                s(""),
                s("a"),
                ArrayValue.EMPTY,
                ArrayValue.of(n(1)),
                ObjectValue.EMPTY,
                ObjectValue.builder().put("a", n(1)).build(),
                SetValue.EMPTY,
                SetValue.of(n(3)));
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                assertThat(Integer.signum(ascending.get(i).compareTo(ascending.get(j))))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Property
    void strings_compare_as_their_utf8_bytes(@ForAll String a, @ForAll String b) {
        String x = new String(a.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String y = new String(b.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        int expected = Arrays.compareUnsigned(x.getBytes(StandardCharsets.UTF_8), y.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(s(x).compareTo(s(y)))).isEqualTo(Integer.signum(expected));
    }

    @Test
    void a_character_beyond_the_basic_plane_sorts_after_all_of_it() {
        assertThat(s("\uffff")).isLessThan(s("\ud83d\ude00"));
        assertThat(s("a\uffffb")).isLessThan(s("a\ud83d\ude00"));
        assertThat(s("\ud83d\ude00")).isLessThan(s("\ud83d\ude01")).isLessThan(s("\ud83e\ude00"));
    }

    /** Characters of all kinds, also halves of pairs, which stand for bytes that are no text. */
    @Property
    void strings_have_one_order_and_sets_show_it(
            @ForAll @Size(min = 2, max = 12) List<@Size(max = 3) List<@IntRange(max = 7) Integer>> drawn) {
        String[] characters = {"a", "é", "\ud83d", "\udc80", "\ud83d\ude00", "\ue000", "\uffff", "\ud83d\udc80"};
        List<Value> strings = drawn.stream()
                .<Value>map(one -> s(one.stream().map(i -> characters[i]).collect(Collectors.joining())))
                .toList();
        List<Value> expected = strings.stream()
                .distinct()
                .sorted((a, b) -> Arrays.compare(codePoints(a), codePoints(b)))
                .toList();
        assertThat(SetValue.of(strings).toSortedArray().toArray()).containsExactlyElementsOf(expected);
    }

    private static int[] codePoints(Value string) {
        return ((StringValue) string).value().codePoints().toArray();
    }

    @Test
    void prints_as_a_term_of_the_language() {
        Value value = ObjectValue.builder()
                .put("b", SetValue.of(n(2), n(1)))
                .put("a", ArrayValue.of(s("x\n\"é\u0000"), NullValue.NULL, BooleanValue.TRUE))
                .put(n(1), SetValue.EMPTY)
                .build();
        assertThat(value).hasToString("{1: set(), \"a\": [\"x\\n\\\"é\\x00\", null, true], \"b\": {1, 2}}");
    }

    @Property
    void a_set_behaves_like_a_sorted_set(@ForAll @Size(max = 400) List<@IntRange(min = 0, max = 300) Integer> numbers) {
        TreeSet<Integer> expected = new TreeSet<>(numbers);
        SetValue set = SetValue.of(numbers.stream().map(i -> n(i)).toList());
        List<String> seen = new ArrayList<>();
        set.forEach(element -> seen.add(element.toString()));
        assertThat(seen).isEqualTo(expected.stream().map(String::valueOf).toList());
        assertThat(set.size()).isEqualTo(expected.size());
        for (int i = 0; i <= 300; i++) {
            assertThat(set.contains(n(i))).isEqualTo(expected.contains(i));
        }
        List<Integer> reversed = new ArrayList<>(numbers).reversed();
        assertThat((Value) SetValue.of(reversed.stream().map(i -> n(i)).toList()))
                .isEqualTo(set)
                .hasSameHashCodeAs(set)
                .isEqualByComparingTo(set);
    }

    @Property
    void an_object_behaves_like_a_map(@ForAll @Size(max = 400) List<@IntRange(min = 0, max = 300) Integer> keys) {
        Map<Integer, Integer> expected = new HashMap<>();
        ObjectValue.Builder builder = ObjectValue.builder();
        for (int i = 0; i < keys.size(); i++) {
            expected.put(keys.get(i), i);
            builder.put("k" + keys.get(i), n(i));
        }
        ObjectValue object = builder.build();
        assertThat(object.size()).isEqualTo(expected.size());
        for (int i = 0; i <= 300; i++) {
            Integer value = expected.get(i);
            assertThat(object.get("k" + i)).isEqualTo(value == null ? null : n(value));
        }
        assertThat(object.keys()).isSorted();
        assertThat(object.entries())
                .allSatisfy(entry -> assertThat(object.get(entry.key())).isEqualTo(entry.value()));
        assertThat(Json.read(Json.write(object))).isEqualTo(object).hasSameHashCodeAs(object);
    }

    @Test
    void reads_json_with_the_text_of_its_numbers() {
        Value value = Json.read(new ByteArrayInputStream(
                "{\"b\": [10.0, 1e2, -0, 9007199254740993], \"a\": \"\\u00e9\"}".getBytes(StandardCharsets.UTF_8)));
        assertThat(Json.write(value)).isEqualTo("{\"a\":\"é\",\"b\":[10.0,1e2,-0,9007199254740993]}");
    }

    @Test
    void the_last_of_equal_keys_wins() {
        assertThat(Json.write(Json.read("{\"a\":1,\"a\":2}"))).isEqualTo("{\"a\":2}");
    }

    @Test
    void writes_sets_as_sorted_arrays_and_other_keys_as_their_json() {
        Value value = ObjectValue.builder()
                .put(ArrayValue.of(n(1), s("x")), SetValue.of(s("b"), s("a")))
                .put(n(1), s("\ud800\u0001"))
                .build();
        assertThat(Json.write(value)).isEqualTo("{\"1\":\"\ufffd\\u0001\",\"[1,\\\"x\\\"]\":[\"a\",\"b\"]}");
    }

    @Test
    void refuses_text_that_is_not_one_json_value() {
        for (String text : List.of("", "{", "[1,]", "{} {}", "nul", "{\"a\"}", "[1e999999]", "01")) {
            assertThatThrownBy(() -> Json.read(text)).as(text).isInstanceOf(JsonFault.class);
        }
        assertThatThrownBy(() -> Json.read("[".repeat(600) + "]".repeat(600))).isInstanceOf(JsonFault.class);
        assertThat(Json.read("[".repeat(500) + "]".repeat(500)).kind()).isEqualTo(Kind.ARRAY);
    }

    @Property(tries = 500)
    void an_object_of_a_shape_equals_the_one_built_without(
            @ForAll @Size(max = 12) List<@Size(max = 12) List<@IntRange(max = 11) Integer>> objects) {
        ObjectValue.Shape shape = new ObjectValue.Shape();
        for (List<Integer> keys : objects) {
            ObjectValue.Builder shaped = shape.builder();
            ObjectValue.Builder plain = ObjectValue.builder();
            for (int i = 0; i < keys.size(); i++) {
                Value value = n(i);
                int key = keys.get(i);
                if (i % 3 == 2) {
                    shaped.put("k" + key, () -> value);
                    plain.put("k" + key, () -> value);
                } else if (i % 5 == 4) {
                    shaped.put(n(key), value);
                    plain.put(n(key), value);
                } else {
                    shaped.put("k" + key, value);
                    plain.put("k" + key, value);
                }
                assertThat(shaped.size()).isEqualTo(plain.size());
            }
            if (keys.size() % 2 == 1) {
                assertThat(shaped.get(s("k1"))).isEqualTo(plain.get(s("k1")));
            }
            ObjectValue built = shaped.build();
            ObjectValue expected = plain.build();
            assertThat(built).isEqualTo(expected).hasSameHashCodeAs(expected);
            assertThat(built.toString()).isEqualTo(expected.toString());
            assertThat(built.keys()).isEqualTo(expected.keys());
        }
    }

    @Test
    void objects_of_one_shape_say_so_only_where_their_keys_are_the_same() {
        ObjectValue.Shape shape = new ObjectValue.Shape();
        ObjectValue first = shape.builder().put("a", n(1)).put("b", n(2)).build();
        ObjectValue alike = shape.builder().put("a", n(3)).put("b", n(4)).build();
        ObjectValue shorter = shape.builder().put("a", n(3)).build();
        ObjectValue turned = shape.builder().put("b", n(1)).put("a", n(2)).build();

        assertThat(alike.isShapedAs(first)).isTrue();
        assertThat(shorter.isShapedAs(first)).isFalse();
        assertThat(turned.isShapedAs(first)).isFalse();
        assertThat(alike.get("b")).isEqualTo(n(4));
    }
}
