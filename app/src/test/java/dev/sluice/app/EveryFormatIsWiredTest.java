package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Formats;
import dev.sluice.feeds.Ecosystem;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.format.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each folder of {@code formats} is in every list of formats: one that is left out of one is served without what the list is for. */
final class EveryFormatIsWiredTest {

    private static final Path SOURCES = Checkout.ROOT.resolve("formats/src/main/java/dev/sluice/formats");
    private static final Path TESTS = Checkout.ROOT.resolve("formats/src/test/java/dev/sluice/formats");

    /** What formats share. */
    private static final Set<String> SHARED = Set.of("version", "protocol");

    /** The formats that there are folders of. */
    static Set<String> folders() {
        try (Stream<Path> folders = Files.list(SOURCES)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !SHARED.contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Format> served() throws ConfigurationException {
        return Formats.of(Configuration.of(Map.of(), Map.of(), null));
    }

    @Test
    void every_folder_is_a_format_that_is_served() throws ConfigurationException {
        assertThat(served().stream().map(Format::id)).containsExactlyInAnyOrderElementsOf(folders());
    }

    @Test
    void the_artifacts_of_every_format_are_read() {
        assertThat(new ArtifactInspector().formats()).isEqualTo(folders());
    }

    @Test
    void advisories_about_every_format_are_imported_under_the_name_that_it_has_in_osv() throws ConfigurationException {
        Map<String, String> imported = new TreeMap<>();
        Ecosystem.served().forEach(ecosystem -> imported.put(ecosystem.format(), ecosystem.osvName()));
        Map<String, String> named = new TreeMap<>();
        served().forEach(format -> named.put(format.id(), format.ecosystem()));

        assertThat(imported).isEqualTo(named);
    }

    @Test
    void the_upstream_that_a_machine_is_set_up_with_is_found_for_every_format() {
        assertThat(Machine.formats()).isEqualTo(folders());
    }

    @Test
    void every_format_keeps_the_contract() {
        assertThat(folders()).allSatisfy(format -> {
            try (Stream<Path> files = Files.list(TESTS.resolve(format))) {
                assertThat(files.filter(file -> file.toString().endsWith("ContractTest.java"))
                                .map(Checkout::text))
                        .anyMatch(text -> text.contains("implements FormatContract"));
            }
        });
    }

    @Test
    void every_client_that_is_set_up_has_a_page() throws ConfigurationException {
        assertThat(served().stream()
                        .flatMap(format -> format.setups("http://registry.test/x/main/").stream())
                        .map(setup -> Checkout.ROOT.resolve("docs/clients").resolve(setup.client() + ".md")))
                .isNotEmpty()
                .allSatisfy(page -> assertThat(page).exists());
    }
}
