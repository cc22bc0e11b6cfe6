package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.policies.PolicyFile;
import dev.sluice.rego.Limits;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.test.TestResult;
import dev.sluice.rego.test.TestRunner;
import dev.sluice.rego.value.ObjectValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the pages of documentation say is so. */
final class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern COMMAND = Pattern.compile("^(?:\\.\\./|\\./)?sluice (.*)$");
    private static final Pattern INLINE = Pattern.compile("`(?:\\./)?sluice ([a-z][^`]*)`");

    @Test
    void every_link_leads_somewhere() {
        List<String> broken = new ArrayList<>();
        for (Path page : Checkout.pages()) {
            Matcher links = LINK.matcher(Checkout.text(page));
            while (links.find()) {
                String link = links.group(1);
                if (link.startsWith("http:") || link.startsWith("https:")) {
                    continue;
                }
                int hash = link.indexOf('#');
                String file = hash < 0 ? link : link.substring(0, hash);
                Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
                if (!Files.exists(target) || (hash >= 0 && !anchors(target).contains(link.substring(hash + 1)))) {
                    broken.add(Checkout.ROOT.relativize(page) + " -> " + link);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static List<String> anchors(Path page) {
        return Checkout.text(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void every_command_that_is_shown_can_be_given() {
        int seen = 0;
        for (Path page : Checkout.pages()) {
            for (String block : Checkout.blocks(page, "sh")) {
                for (String line : block.replace("\\\n", " ").lines().toList()) {
                    Matcher command = COMMAND.matcher(line.strip());
                    if (command.matches()) {
                        seen++;
                        parse(page, words(command.group(1)));
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(20);
    }

    /** Fails when the program would not understand the command. */
    private static void parse(Path page, List<String> words) {
        try {
            Main.line().parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new AssertionError(Checkout.ROOT.relativize(page) + ": sluice " + String.join(" ", words), e);
        }
    }

    @Test
    void every_command_that_is_mentioned_exists() {
        for (Path page : Checkout.pages()) {
            Matcher mentions = INLINE.matcher(Checkout.text(page));
            while (mentions.find()) {
                CommandLine line = Main.line();
                for (String word : words(mentions.group(1))) {
                    CommandLine next = line.getSubcommands().get(word);
                    if (next == null) {
                        break;
                    }
                    line = next;
                }
                assertThat(line.getParent())
                        .as("%s: sluice %s", Checkout.ROOT.relativize(page), mentions.group(1))
                        .isNotNull();
            }
        }
    }

    @Test
    void every_example_of_a_help_text_can_be_given() {
        examples(Main.line());
    }

    private static void examples(CommandLine line) {
        for (String footer : line.getCommandSpec().usageMessage().footer()) {
            Matcher command = COMMAND.matcher(footer.strip());
            if (command.matches()) {
                parse(Path.of("help of " + line.getCommandName()).toAbsolutePath(), words(command.group(1)));
            }
        }
        line.getSubcommands().values().forEach(DocumentationTest::examples);
    }

    /** Splits as a shell does: quotes hold together, and what follows two blanks or a redirection does not count. */
    private static List<String> words(String text) {
        String command = text.replaceFirst(" {2,}[#(a-z].*$", "").replaceFirst(" > \\S+$", "");
        List<String> words = new ArrayList<>();
        Matcher parts = Pattern.compile("'([^']*)'|(\\S+)").matcher(command);
        while (parts.find()) {
            words.add(parts.group(1) != null ? parts.group(1) : parts.group(2));
        }
        return words;
    }

    @Test
    void the_table_of_settings_is_that_of_the_program() {
        List<List<String>> program = Setting.ALL.stream()
                .map(s -> List.of(
                        "`" + s.key() + "`",
                        "`" + s.environment() + "`",
                        s.otherwise() == null || s.otherwise().isEmpty() ? "" : "`" + s.otherwise() + "`",
                        s.help()))
                .toList();
        assertThat(Checkout.table("docs/configuration.md", "settings")).isEqualTo(program);
    }

    @Test
    void every_field_that_policies_see_is_named() {
        String source = Checkout.text("kernel/src/main/java/dev/sluice/kernel/facts/PolicyInput.java")
                + Stream.of("Package", "Identity", "Advisory", "License", "Signals")
                        .map(section -> Checkout.text(
                                "kernel/src/main/java/dev/sluice/kernel/facts/" + section + "Section.java"))
                        .collect(Collectors.joining());
        String page = Checkout.text("docs/policies.md");
        Matcher fields = Pattern.compile("put\\(\\s*\"(\\w+)\"").matcher(source);
        List<String> names = new ArrayList<>();
        while (fields.find()) {
            names.add(fields.group(1));
        }
        assertThat(names)
                .hasSizeGreaterThan(100)
                .allMatch(name ->
                        Pattern.compile("\\b" + name + "\\b").matcher(page).find());
    }

    @Test
    void the_configuration_shown_is_understood(@TempDir Path folder) throws IOException {
        List<String> examples = Checkout.blocks(Checkout.ROOT.resolve("docs/configuration.md"), "yaml");
        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            Path file = Files.writeString(folder.resolve("sluice.yaml"), example);
            Configuration read = Configuration.of(Map.of(), Map.of(), file);
            assertThat(read.upstreamFormats()).containsExactly("maven", "npm", "pypi");
            assertThat(read.get(Setting.ALLOWED_HOSTS)).isEqualTo("mirror.internal.example");
        }
    }

    @Test
    void the_policy_shown_compiles_and_passes_the_tests_shown() {
        List<String> blocks = Checkout.blocks(Checkout.ROOT.resolve("docs/policies.md"), "rego");
        assertThat(blocks).hasSize(3);
        assertThat(PolicyFile.read("late-additions.rego", blocks.get(2), null).name())
                .isEqualTo("Late additions");
        assertThat(PolicyFile.read("no-install-scripts.rego", blocks.getFirst(), null)
                        .name())
                .isEqualTo("No install scripts");
        List<TestResult> results = new TestRunner(ObjectValue.EMPTY, Instant.EPOCH, Limits.STANDARD)
                .run(List.of(
                        new SourceFile("no-install-scripts.rego", blocks.get(0)),
                        new SourceFile("no-install-scripts_test.rego", blocks.get(1))));
        assertThat(results).hasSize(2).allMatch(TestResult::ok);
    }

    @Test
    void every_dependency_has_a_line_with_its_version() {
        List<String> lines = Checkout.text("docs/dependencies.md").lines().toList();
        List<Pom.Dependency> managed = Pom.of(Checkout.ROOT.resolve("pom.xml")).managed().stream()
                .filter(d -> !d.group().equals("dev.sluice"))
                .toList();
        assertThat(managed)
                .hasSizeGreaterThan(20)
                .allSatisfy(each -> assertThat(lines)
                        .as(each.toString())
                        .anyMatch(line -> line.contains("`" + each.group() + ":" + each.artifact() + "`")
                                && line.contains("| " + each.version() + " |")));
    }
}
