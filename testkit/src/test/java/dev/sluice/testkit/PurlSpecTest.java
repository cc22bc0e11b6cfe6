package dev.sluice.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Purl;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tests of the purl specification for the types of the formats here, from the folder beside the project. */
class PurlSpecTest {

    @Test
    void purls_of_npm_pypi_and_maven_are_parsed_and_built_as_the_specification_s_own_tests_say() {
        Path archive =
                SharedFolder.find("conformance/purl-spec-types-tests.tar.gz").orElse(null);
        if (archive == null) {
            return;
        }
        Map<String, byte[]> files =
                SharedFolder.untar(archive, name -> name.matches(".*/tests/types/(npm|pypi|maven)-test\\.json"));
        assertThat(files).hasSize(3);
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (byte[] file : files.values()) {
            ObjectValue document = (ObjectValue) Json.read(new String(file, UTF_8));
            if (document.get("tests") instanceof ArrayValue tests) {
                for (Value test : tests) {
                    count++;
                    String problem = problem((ObjectValue) test);
                    if (problem != null) {
                        wrong.add(problem);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(count).isGreaterThan(30);
    }

    private static @Nullable String problem(ObjectValue test) {
        boolean fails = BooleanValue.TRUE.equals(test.get("expected_failure"));
        String what = text(test, "description") + ": " + test.get("input");
        try {
            Purl purl = test.get("input") instanceof ObjectValue parts ? built(parts) : Purl.parse(text(test, "input"));
            if (fails) {
                return what + " must be refused but is " + purl;
            }
            String expected = test.get("expected_output") instanceof ObjectValue parts
                    ? built(parts).toString()
                    : text(test, "expected_output");
            return purl.toString().equals(expected) ? null : what + " is " + purl + ", not " + expected;
        } catch (IllegalArgumentException e) {
            return fails ? null : what + " is refused: " + e.getMessage();
        }
    }

    private static Purl built(ObjectValue parts) {
        TreeMap<String, String> qualifiers = new TreeMap<>();
        if (parts.get("qualifiers") instanceof ObjectValue given) {
            for (Value key : given.keys()) {
                if (key instanceof StringValue name && given.get(key) instanceof StringValue value) {
                    qualifiers.put(name.value(), value.value());
                }
            }
        }
        return new Purl(
                text(parts, "type"),
                optional(parts, "namespace"),
                text(parts, "name"),
                optional(parts, "version"),
                qualifiers,
                optional(parts, "subpath"));
    }

    private static String text(ObjectValue of, String key) {
        String text = optional(of, key);
        return text == null ? "" : text;
    }

    private static @Nullable String optional(ObjectValue of, String key) {
        return of.get(key) instanceof StringValue text ? text.value() : null;
    }
}
