package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class OpenApiTest {

    @Test
    void the_document_and_the_routes_say_the_same() throws IOException {
        TreeSet<String> documented = new TreeSet<>();
        map(document().get("paths"))
                .forEach((path, methods) -> map(methods)
                        .forEach(
                                (method, operation) -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path + " "
                                        + map(operation).get("operationId") + " "
                                        + map(operation).get("x-permission"))));
        TreeSet<String> served = new TreeSet<>();
        try (TestDoor door = new TestDoor()) {
            door.door
                    .operations()
                    .forEach(operation -> served.add(operation.method() + " " + operation.path() + " " + operation.id()
                            + " " + operation.permission().name().toLowerCase(Locale.ROOT)));
        }

        assertThat(documented).isEqualTo(served);
    }

    @Test
    void every_reference_leads_somewhere() throws IOException {
        Map<String, Object> schemas = map(map(document().get("components")).get("schemas"));
        String text = Files.readString(file());

        java.util.regex.Pattern.compile("#/components/schemas/([A-Za-z]+)")
                .matcher(text)
                .results()
                .forEach(reference -> assertThat(schemas).containsKey(reference.group(1)));
    }

    private static Map<String, Object> document() throws IOException {
        return map(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file())));
    }

    private static Path file() {
        Path inRoot = Path.of("docs/api/openapi.yaml");
        return Files.exists(inRoot) ? inRoot : Path.of("..").resolve(inRoot);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@org.jspecify.annotations.Nullable Object node) {
        assertThat(node).isInstanceOf(Map.class);
        return (Map<String, Object>) java.util.Objects.requireNonNull(node);
    }
}
