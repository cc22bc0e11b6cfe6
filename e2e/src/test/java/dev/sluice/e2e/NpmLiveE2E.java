package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The machine's npm through a server to the upstream that this machine uses, with two small packages. */
@EnabledIfSystemProperty(named = "sluice.live", matches = "true")
class NpmLiveE2E {

    @TempDir
    static Path folder;

    private static Sluice sluice;

    @BeforeAll
    static void start() throws Exception {
        sluice = Sluice.start(folder.resolve("sluice"), "--upstream", "pypi=none", "--upstream", "maven=none");
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void a_small_package_installs_with_its_dependencies() throws Exception {
        NpmProject project = NpmProject.in(folder.resolve("installs"), sluice);

        project.npm("install", "is-number").succeeded();

        assertThat(project.installed("is-number")).isNotEmpty();
        assertThat(project.locked("is-number").path("resolved").asString()).startsWith(sluice.repository("npm"));
        assertThat(sluice.cli("who", "pkg:npm/is-number").succeeded().output()).contains("127.0.0.1");
    }

    @Test
    void a_pin_on_a_withheld_version_fails_and_an_older_one_installs() throws Exception {
        sluice.withhold("left-pad", "input.v0.package.name == \"left-pad\"\n\tinput.v0.package.version == \"1.3.0\"");

        Run pinned = NpmProject.in(folder.resolve("pinned"), sluice)
                .npm("install", "left-pad@1.3.0")
                .failed();
        assertThat(pinned.output()).contains("No left-pad").contains("left-pad is not wanted");
        NpmProject free = NpmProject.in(folder.resolve("free"), sluice);
        free.npm("install", "left-pad").succeeded();
        assertThat(free.installed("left-pad")).isEqualTo("1.2.0");
    }
}
