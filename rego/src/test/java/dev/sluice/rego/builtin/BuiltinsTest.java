package dev.sluice.rego.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltinsTest {
    @Test
    void every_signature_prints_as_it_was_written() {
        assertThat(Builtins.all()).hasSizeGreaterThan(140);
        for (BuiltinDeclaration declaration : Builtins.all()) {
            for (Parameter parameter : declaration.parameters()) {
                assertThat(Type.parse(parameter.type().toString())).isEqualTo(parameter.type());
            }
        }
        BuiltinDeclaration count = Objects.requireNonNull(Builtins.find("count"));
        assertThat(count.parameters().toString())
                .isEqualTo("[collection: any<string, array[any], object[any: any], set[any]>]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.send", "net.lookup_ip_addr", "opa.runtime"})
    void functions_that_ask_the_world_are_there_only_where_a_host_grants_them(String name) {
        assertThat(Builtins.find(name)).isNull();
    }

    @Test
    void failures_read_as_in_opa() {
        assertThat(Calls.call("lower", "1"))
                .isEqualTo("eval_type_error: lower: operand 1 must be string but got number");
        assertThat(Calls.call("count", "1"))
                .isEqualTo(
                        "eval_type_error: count: operand 1 must be one of {array, object, set, string} but got number");
        assertThat(Calls.call("sum", "[1, \"a\"]"))
                .isEqualTo("eval_type_error: sum: operand 1 must be array of numbers but got array containing string");
        assertThat(Calls.call("div", "1", "0")).isEqualTo("eval_builtin_error: div: divide by zero");
        assertThat(Calls.call("array.slice", "[1]", "0.5", "1"))
                .isEqualTo(
                        "eval_type_error: array.slice: operand 2 must be integer number but got floating-point number");
        assertThat(Calls.call("semver.compare", "\"1\"", "\"1.0.0\""))
                .isEqualTo("eval_builtin_error: semver.compare: operand 1: string \"1\" is not a valid SemVer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        max          | [3, 7.5, 2]                       | 7.5
        max          | []                                | undefined
        sort         | ["b", 1, null, "a"]               | [null,1,"a","b"]
        sum          | [0.1, 0.2, 0.3]                   | 0.6
        product      | [0.1, 0.3]                        | 0.030000000000000002
        lower        | "ÀB"                              | "àb"
        floor        | -0.5                              | -1
        to_number    | "10.50"                           | 10.50
        json.marshal | {"b": "<&>", "a": [1.0]}          | "{\\"a\\":[1.0],\\"b\\":\\"\\\\u003c\\\\u0026\\\\u003e\\"}"
        trim_space   | "\\t a b \\n"                     | "a b"
        time.weekday | 1700000000000000000               | "Tuesday"
        time.date    | [1700000000000000000, "Asia/Tokyo"] | [2023,11,15]
        time.parse_rfc3339_ns | "2026-01-02T03:04:05.5+01:00" | 1767319445500000000
        time.parse_duration_ns | "1d12h"                 | 129600000000000
        units.parse_bytes | "1.5KiB"                     | 1536
        semver.is_valid | "v1.0.0-rc.1+x"                | true
        net.cidr_is_valid | "10.0.0.0/33"                | false
        hex.decode   | "6869"                            | "hi"
        base64.decode| "aGk="                            | "hi"
        uri.parse    | "https://h:8/p?q"                 | {"hostname":"h","path":"/p","port":"8","raw_path":"/p","raw_query":"q","scheme":"https"}
        """)
    void functions_of_one_operand(String name, String operand, String result) {
        assertThat(Calls.call(name, operand)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        concat       | ", "             | ["a", "b"]      | "a, b"
        split        | "a.b..c"         | "."             | ["a","b","","c"]
        contains     | "CVE-2024-1"     | "2024"          | true
        startswith   | "MAL-1"          | "MAL-"          | true
        endswith     | "x.tgz"          | ".tar"          | false
        indexof      | "😀ab"           | "b"             | 2
        sprintf      | "%s %d %.2f %v"  | ["x", 5, 2.5, [1, "a"]] | "x 5 2.50 [1, \\"a\\"]"
        sprintf      | "%d"             | [3.0]           | "%!d(float64=3)"
        sprintf      | "%s"             | []              | "%!s(MISSING)"
        sprintf      | "a"              | [1]             | "a%!(EXTRA int64=1)"
        sprintf      | "%v"             | [1234567.5]     | "1.2345675e+06"
        regex.match  | "^CVE-\\\\d{4}-" | "CVE-2024-1"    | true
        re_match     | "b$"             | "ab"            | true
        regex.split  | ",+"             | "a,,b"          | ["a","b"]
        regex.match  | "("              | ""              | eval_builtin_error: regex.match: error parsing regexp: missing closing ): `(`
        semver.compare | "1.2.3"        | "1.2.3-rc.1"    | 1
        semver.compare | "1.2.3-rc.2"   | "1.2.3-rc.10"   | -1
        object.union | {"a": {"b": 1}, "c": 1} | {"a": {"d": 2}} | {"a":{"b":1,"d":2},"c":1}
        json.remove  | {"a": [1, 2, 3]} | ["a/1"]         | {"a":[1,3]}
        json.filter  | {"a": {"b": 1, "c": 2}} | ["a/c"]  | {"a":{"c":2}}
        json.patch   | {"a": [1]}       | [{"op": "add", "path": "/a/-", "value": 2}] | {"a":[1,2]}
        net.cidr_contains | "10.0.0.0/8" | "10.1.0.0/16"  | true
        numbers.range | 3               | 1               | [3,2,1]
        strings.render_template | "{{range $i, $n := .xs}}{{if $i}}, {{end}}{{$n}}{{end}} {{.no}}" | {"xs": ["a", "b"]} | "a, b <undefined>"
        strings.render_template | "{{len .a}}" | {"a": 1}    | eval_builtin_error: strings.render_template: template: template: unsupported action {{len .a}}
        div          | 1                | 3               | 0.33333333333333333334
        rem          | 5                | 0               | eval_builtin_error: rem: modulo by zero
        """)
    void functions_of_two_operands(String name, String first, String second, String result) {
        assertThat(Calls.call(name, first, second)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        glob.match   | "*.github.com"  | ["."] | "api.github.com"  | true
        glob.match   | "*.github.com"  | []    | "a.b.github.com"  | false
        glob.match   | "a/**/b"        | null  | "a/b"             | false
        glob.match   | "{a,b*}c"       | null  | "bxc"             | true
        glob.match   | "{a"            | null  | "a"               | eval_builtin_error: glob.match: glob: syntax error at 2: unclosed `{`
        regex.replace| "foo bar"       | "(\\\\w+) (\\\\w+)" | "$2-${1}" | "bar-foo"
        substring    | "abcdef"        | 1     | 2                 | "bc"
        object.get   | {"a": [1, 2]}   | ["a", 1] | "none"         | 2
        replace      | "a.b.c"         | "."   | "-"               | "a-b-c"
        """)
    void functions_of_three_operands(String name, String first, String second, String third, String result) {
        assertThat(Calls.call(name, first, second, third)).isEqualTo(result);
    }

    @Test
    void results_are_bounded() {
        List<String> refused = List.of(
                Calls.call("numbers.range", "0", "1e12"),
                Calls.call("net.cidr_expand", "\"10.0.0.0/8\""),
                Calls.call("bits.lsh", "1", "1e9"),
                Calls.call("regex.match", "\"" + "a".repeat(100_000) + "\"", "\"\""));
        assertThat(refused).allMatch(text -> text.startsWith("eval_builtin_error"));
    }
}
