package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md says of the rooms what the project files say. */
final class ArchitectureDocumentTest {

    /** What a room knows and uses. */
    private record Room(Set<String> knows, Set<String> libraries) {}

    @Test
    void the_table_of_rooms_says_what_the_project_files_say() {
        TreeMap<String, Room> told = new TreeMap<>();
        for (var row : Checkout.table("ARCHITECTURE.md", "rooms")) {
            told.put(row.get(0).replace("`", ""), new Room(words(row.get(2)), words(row.get(3))));
        }
        TreeMap<String, Room> built = new TreeMap<>();
        for (String module : Pom.of(Checkout.ROOT.resolve("pom.xml")).modules()) {
            Set<String> knows = new TreeSet<>();
            Set<String> libraries = new TreeSet<>();
            for (Pom.Dependency each :
                    Pom.of(Checkout.ROOT.resolve(module).resolve("pom.xml")).dependencies()) {
                if (each.scope().equals("test")) {
                    continue;
                }
                if (each.group().equals("dev.sluice")) {
                    knows.add(each.artifact().replaceFirst("^sluice-", ""));
                } else {
                    libraries.add(each.artifact());
                }
            }
            built.put(module, new Room(knows, libraries));
        }
        assertThat(told).isEqualTo(built);
    }

    @Test
    void every_package_of_the_kernel_is_named() throws java.io.IOException {
        String page = Checkout.text("ARCHITECTURE.md");
        try (var folders = Files.list(Checkout.ROOT.resolve("kernel/src/main/java/dev/sluice/kernel"))) {
            assertThat(folders.filter(Files::isDirectory)
                            .map(p -> "| `" + p.getFileName() + "` |")
                            .toList())
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(page).contains(row));
        }
    }

    private static Set<String> words(String cell) {
        Set<String> words = new TreeSet<>();
        for (String word : cell.split(",", -1)) {
            if (!word.isBlank()) {
                words.add(word.strip());
            }
        }
        return words;
    }
}
