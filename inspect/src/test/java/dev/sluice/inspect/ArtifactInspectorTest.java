package dev.sluice.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArtifactInspectorTest {

    private static final InspectionLimits SMALL =
            new InspectionLimits(10_000, 5_000_000, 200_000, 50, 1_000, 64 << 10, 1 << 20, false);

    private final ArtifactInspector inspector = new ArtifactInspector(SMALL);

    @Test
    void reads_the_licence_of_an_npm_package_in_every_form_it_has_had() throws IOException {
        for (Map.Entry<String, String> form : Map.of(
                        "\"license\":\"MIT\"", "MIT",
                        "\"license\":{\"type\":\"ISC\",\"url\":\"x\"}", "ISC",
                        "\"licenses\":[{\"type\":\"MIT\"},{\"type\":\"Apache2\"}]", "(MIT OR Apache2)",
                        "\"licenses\":[\"MIT\"]", "MIT",
                        "\"license\":[\"MIT\",[1],{\"name\":\"BSD\",\"x\":{}}]", "(MIT OR BSD)",
                        "\"name\":\"x\"", "",
                        "\"license\":null", "",
                        "\"license\":42,\"licenses\":\"ISC\"", "ISC")
                .entrySet()) {
            Inspection found =
                    npm("package/package.json", "{\"a\":[{}]," + form.getKey() + ",\"z\":{\"license\":\"No\"}}");
            assertThat(found.license()).as(form.getKey()).isEqualTo(Signal.known(form.getValue(), "artifact"));
        }
    }

    @Test
    void tells_whether_installing_an_npm_package_runs_its_code() throws IOException {
        assertThat(npm("package/package.json", "{\"scripts\":{\"test\":\"x\",\"prepare\":\"x\"}}")
                        .installScripts()
                        .orNull())
                .isFalse();
        for (String script : List.of("preinstall", "install", "postinstall")) {
            assertThat(npm("package/package.json", "{\"scripts\":{\"a\":\"b\",\"" + script + "\":\"node x\"}}")
                            .installScripts()
                            .orNull())
                    .isTrue();
        }
        assertThat(npm("package/package.json", "{}", "package/binding.gyp", "{}")
                        .installScripts()
                        .orNull())
                .isTrue();
        assertThat(npm("package/package.json", "{\"gypfile\":false}", "package/binding.gyp", "{}")
                        .installScripts()
                        .orNull())
                .isFalse();
        assertThat(npm("package/package.json", "{}", "package/deps/binding.gyp", "{}")
                        .installScripts()
                        .orNull())
                .isFalse();
    }

    @Test
    void strips_the_first_folder_whatever_its_name_and_takes_the_last_of_two_manifests() throws IOException {
        assertThat(npm("lodash/package.json", "\uFEFF{\"license\":\"MIT\"}")
                        .license()
                        .orNull())
                .isEqualTo("MIT");
        assertThat(npm(
                                "package/package.json",
                                "{\"license\":\"MIT\"}",
                                "package/node_modules/x/package.json",
                                "{\"license\":\"No\"}",
                                "package/package.json",
                                "{\"license\":\"ISC\",\"scripts\":{\"install\":\"x\"}}")
                        .installScripts()
                        .orNull())
                .isTrue();
    }

    @Test
    void reads_a_wheel() throws IOException {
        Inspection found = inspect(
                "pypi",
                "foo-1.0-py3-none-any.whl",
                Archives.zip(
                        "foo/__init__.py", "pass",
                        "foo/vendored.dist-info/METADATA", "License: No\n",
                        "foo-1.0.dist-info/METADATA", """
                                Metadata-Version: 2.4
                                Name: foo
                                Requires-Python: >=3.9
                                License-Expression: MIT OR Apache-2.0
                                License: other
                                Classifier: License :: OSI Approved :: BSD License

                                License: in the description
                                """));
        assertThat(found)
                .isEqualTo(new Inspection(
                                Signal.known("MIT OR Apache-2.0", "artifact"),
                                Signal.known(false, "artifact"),
                                Signal.known(">=3.9", "artifact"),
                                List.of())
                        .withDependencies(Signal.known("", "artifact")));
    }

    @Test
    void tells_what_a_wheel_requires_in_any_order_and_all_of_it_however_long() throws IOException {
        assertThat(dependencies(
                        "Requires-Dist: b>=2; extra == \"x\"\nProvides-Extra: x\nRequires-Dist: a\nrequires-dist: a\n"))
                .isEqualTo("[x], a, b>=2; extra == \"x\"");
        String many = IntStream.range(0, 100)
                .mapToObj(i -> "Requires-Dist: library-" + i + "\n")
                .collect(Collectors.joining());
        assertThat(dependencies(many)).hasSizeLessThan(500).isNotEqualTo(dependencies(many + "Requires-Dist: z-evil"));
        String folded =
                "Requires-Dist: a @ x" + "\n    yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".repeat(200);
        assertThat(dependencies(folded)).isNotEqualTo(dependencies(folded + "\n  evil"));
    }

    private static String dependencies(String metadata) throws IOException {
        return String.valueOf(new ArtifactInspector()
                .inspect(
                        "pypi",
                        "foo-1.0-py3-none-any.whl",
                        new InMemory(Archives.zip("foo-1.0.dist-info/METADATA", metadata)))
                .dependencies()
                .orNull());
    }

    @Test
    void takes_the_licence_of_python_packages_from_classifiers_before_free_text() throws IOException {
        assertThat(sdist("License: Dual\n  more text\nClassifier: License :: OSI Approved :: MIT License\n")
                        .license()
                        .orNull())
                .isEqualTo("MIT License");
        assertThat(sdist("License: BSD-3-Clause\nClassifier: License :: OSI Approved :: BSD License\n")
                        .license()
                        .orNull())
                .as("which of those the classifier may mean")
                .isEqualTo("BSD-3-Clause");
        assertThat(sdist("License: MIT License\n        \n        |Copyright\nName: a\n")
                        .license()
                        .orNull())
                .isEqualTo("MIT License Copyright");
        assertThat(sdist("""
                        License: UNKNOWN
                        Classifier: License :: OSI Approved
                        Classifier: License :: OSI Approved :: MIT License
                        Classifier: Topic :: X
                        Classifier: License :: OSI Approved :: ISC License (ISCL)
                        """.replace("\n", "\r\n")).license().orNull())
                .as("nobody says that they are a choice")
                .isEqualTo("MIT License; ISC License (ISCL)");
        assertThat(sdist("Name: foo\n").license().orNull()).isEmpty();
    }

    @Test
    void a_source_distribution_runs_code_at_install() throws IOException {
        assertThat(sdist("Name: foo\n").installScripts().orNull()).isTrue();
        assertThat(inspect(
                        "pypi", "foo-1.0.zip", Archives.zip("foo-1.0/PKG-INFO", "Name: foo\nRequires-Python: >=3\n")))
                .isEqualTo(new Inspection(
                                Signal.known("", "artifact"),
                                Signal.known(true, "artifact"),
                                Signal.known(">=3", "artifact"),
                                List.of())
                        .withDependencies(Signal.known("", "artifact")));
    }

    @Test
    void reads_a_pom() throws IOException {
        assertThat(pom("<licenses><license><name> Apache License,\n Version 2.0 </name><url>u</url></license>"
                                + "<license><name>EPL 2.0</name></license></licenses><name>No</name>")
                        .license())
                .isEqualTo(Signal.known("Apache License, Version 2.0 OR EPL 2.0", "artifact"));
        assertThat(pom("<name>x</name>").license()).isEqualTo(Signal.known("", "artifact"));
        assertThat(pom("<parent><groupId>g</groupId></parent>").license().isKnown())
                .isFalse();
        byte[] latin =
                ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><project><licenses><license><name>Öffentlich</name>"
                                + "</license></licenses></project>")
                        .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(inspect("maven", "a.pom", latin).license().orNull()).isEqualTo("Öffentlich");
        assertThat(pom("").installScripts().orNull()).isFalse();
    }

    @Test
    void reads_the_only_pom_of_a_jar() throws IOException {
        String pom = "<project><licenses><license><name>MIT</name></license></licenses></project>";
        assertThat(inspect("maven", "a-1.jar", Archives.zip("A.class", "x", "META-INF/maven/g/a/pom.xml", pom))
                        .license()
                        .orNull())
                .isEqualTo("MIT");
        assertThat(inspect(
                                "maven",
                                "a-1.jar",
                                Archives.zip("META-INF/maven/g/a/pom.xml", pom, "META-INF/maven/g/b/pom.xml", pom))
                        .license()
                        .basis())
                .isEqualTo("the jar holds several POMs");
        assertThat(inspect("maven", "all-1.jar", Archives.zip("A.class", "x", "META-INF/maven/g/a/pom.xml", pom))
                        .license()
                        .basis())
                .isEqualTo("the jar holds the POM of another artifact");
        assertThat(inspect("maven", "a-1.jar", Archives.zip("A.class", "x"))
                        .license()
                        .isKnown())
                .isFalse();
    }

    @Test
    void says_that_it_does_not_read_other_files() throws IOException {
        assertThat(inspect("maven", "a-1.module", new byte[0]).license().isKnown())
                .isFalse();
        assertThat(inspect("pypi", "a-1.exe", new byte[0]).installScripts().isKnown())
                .isFalse();
        assertThat(inspect("cargo", "a.crate", new byte[0]).license().isKnown()).isFalse();
        assertThat(inspector.formats()).containsExactlyInAnyOrder("npm", "pypi", "maven");
    }

    @Test
    void never_replaces_a_poms_own_entities_nor_reads_anything_outside() throws IOException {
        for (String prologue : List.of(
                "<!DOCTYPE project [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
                "<!DOCTYPE project SYSTEM \"http://127.0.0.1:1/x.dtd\">",
                "<!DOCTYPE p [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>")) {
            byte[] pom = (prologue
                            + "<project><licenses><license><name>MIT&x;&c;</name></license></licenses></project>")
                    .getBytes(StandardCharsets.UTF_8);
            assertThat(inspect("maven", "a.pom", pom).license().orNull()).isEqualTo("MIT");
        }
    }

    @Test
    void refuses_what_is_no_pom() {
        refused("maven", "a.pom", "<a>".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        refused("maven", "a.pom", "<project>".getBytes(StandardCharsets.UTF_8));
        refused("maven", "a.pom", "<html><body>Sign in</body></html>".getBytes(StandardCharsets.UTF_8));
        refused("maven", "a.pom", ("<project>" + " ".repeat(20_000) + "</project>").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refuses_bombs() {
        byte[] zeros = new byte[4_000_000];
        refused("npm", "a.tgz", Archives.tarGz(tar -> {
            Archives.file(tar, "package/zeros", zeros);
            Archives.file(tar, "package/package.json", "{}".getBytes(StandardCharsets.UTF_8));
        }));
        byte[] noise = new byte[6_000_000];
        new Random(1).nextBytes(noise);
        refused("npm", "a.tgz", Archives.tarGz(tar -> Archives.file(tar, "package/noise", noise)));
        refused("pypi", "a.whl", Archives.zip("a/zeros", "\0".repeat(4_000_000), "a.dist-info/METADATA", "Name: a\n"));
        refused("pypi", "a.whl", Archives.zip("a.dist-info/METADATA", "Name: a\n".repeat(5_000)));
        refused("npm", "a.tgz", Archives.tarGz("package/package.json", "{" + " ".repeat(20_000) + "}"));
        refused("npm", "a.tgz", Archives.tarGz("package/package.json", "{\"a\":" + "[".repeat(4_000)));
    }

    @Test
    void refuses_thousands_of_entries() {
        String[] files = new String[4_002];
        Arrays.setAll(files, i -> i % 2 == 0 ? "package/" + i : "");
        refused("npm", "a.tgz", Archives.tarGz(files));
        refused("pypi", "a.whl", Archives.zip(files));
    }

    @Test
    void what_is_too_large_for_a_brief_inspection_is_read_all_the_same() throws IOException {
        ArtifactInspector usual = new ArtifactInspector();
        String manifest = "{\"license\":\"MIT\",\"readme\":\"" + "x".repeat(300 << 10) + "\"}";
        String[] many = new String[2 * 11_000];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = "package/" + i;
            many[i + 1] = "";
        }
        many[many.length - 2] = "package/package.json";
        many[many.length - 1] = "{\"license\":\"ISC\"}";

        assertThat(usual.inspect("npm", "a.tgz", new InMemory(Archives.tarGz("package/package.json", manifest)))
                        .license()
                        .orNull())
                .isEqualTo("MIT");
        assertThat(usual.inspect("npm", "a.tgz", new InMemory(Archives.tarGz(many)))
                        .license()
                        .orNull())
                .isEqualTo("ISC");
    }

    @Test
    void passes_over_links_and_names_that_climb() throws IOException {
        byte[] hostile = Archives.tarGz(tar -> {
            Archives.link(tar, "package/package.json", "/etc/passwd");
            Archives.file(tar, "../package.json", "{\"license\":\"climbed\"}".getBytes(StandardCharsets.UTF_8));
            Archives.file(tar, "../../../etc/cron.d/x", "x".getBytes(StandardCharsets.UTF_8));
            Archives.file(tar, "/etc/x/package.json", "{}".getBytes(StandardCharsets.UTF_8));
            Archives.file(tar, "package/package.json", "{\"license\":\"MIT\"}".getBytes(StandardCharsets.UTF_8));
        });
        assertThat(inspect("npm", "a.tgz", hostile).license().orNull()).isEqualTo("MIT");
        assertThat(inspect("npm", "a.tgz", hostile).ambiguities()).hasSizeGreaterThan(2);
        refused("npm", "a.tgz", Archives.tarGz(tar -> Archives.link(tar, "package/package.json", "x")));
    }

    @Test
    void does_not_look_into_archives_within_archives() throws IOException {
        byte[] outer = Archives.tarGz(tar -> {
            Archives.file(tar, "package/inner.tgz", Archives.tarGz("package/package.json", "{\"license\":\"inner\"}"));
            Archives.file(tar, "package/package.json", "{\"license\":\"outer\"}".getBytes(StandardCharsets.UTF_8));
        });
        assertThat(inspect("npm", "a.tgz", outer).license().orNull()).isEqualTo("outer");
    }

    @Test
    void answers_every_truncation_and_mutation_with_facts_or_an_error() {
        byte[] noise = new byte[3_000];
        new Random(2).nextBytes(noise);
        Map<String, byte[]> whole = Map.of(
                "npm a.tgz",
                Archives.tarGz(tar -> {
                    Archives.file(tar, "package/noise", noise);
                    Archives.file(
                            tar, "package/package.json", "{\"license\":\"MIT\"}".getBytes(StandardCharsets.UTF_8));
                }),
                "pypi a.whl",
                Archives.zip("a/b", "x".repeat(500), "a.dist-info/METADATA", "License: MIT\n"),
                "pypi a.tar.gz",
                Archives.tarGz("a/PKG-INFO", "License: MIT\n"),
                "maven a.jar",
                Archives.zip("META-INF/maven/g/a/pom.xml", "<project/>"));
        Random random = new Random(3);
        whole.forEach((what, bytes) -> {
            String[] words = what.split(" ");
            for (int length = 0; length < bytes.length; length += 7) {
                answered(words[0], words[1], Arrays.copyOf(bytes, length));
            }
            for (int i = 0; i < 500; i++) {
                byte[] mutated = bytes.clone();
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
                mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
                answered(words[0], words[1], mutated);
            }
            refused(words[0], words[1], "not an archive at all".getBytes(StandardCharsets.UTF_8));
            refused(words[0], words[1], new byte[0]);
        });
    }

    /** Facts, or an IOException; anything else is a fault of the inspector. */
    private void answered(String format, String fileName, byte[] bytes) {
        try {
            assertThat(inspect(format, fileName, bytes)).isNotNull();
        } catch (IOException broken) {
            assertThat(broken).hasMessageMatching("(?s).+");
        }
    }

    /** Nobody can read it, or it is not read, and then it is told that others may. */
    private void refused(String format, String fileName, byte[] bytes) {
        try {
            Inspection found = inspect(format, fileName, bytes);
            assertThat(found.license().isKnown()).isFalse();
            assertThat(found.ambiguities()).isNotEmpty();
        } catch (IOException broken) {
            assertThat(broken).hasMessageMatching("(?s).+");
        }
    }

    private Inspection npm(String... files) throws IOException {
        return inspect("npm", "a-1.0.0.tgz", Archives.tarGz(files));
    }

    private Inspection sdist(String metadata) throws IOException {
        return inspect("pypi", "foo-1.0.tar.gz", Archives.tarGz("foo-1.0/setup.py", "x", "foo-1.0/PKG-INFO", metadata));
    }

    private Inspection pom(String content) throws IOException {
        return inspect(
                "maven",
                "a-1.pom",
                ("<project xmlns=\"http://maven.apache.org/POM/4.0.0\">" + content + "</project>")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private Inspection inspect(String format, String fileName, byte[] bytes) throws IOException {
        return inspector.inspect(format, fileName, new InMemory(bytes));
    }
}
