package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Maven through a server to the repository that this machine is set up with. */
@EnabledIfSystemProperty(named = "sluice.live", matches = "true")
final class MavenLiveE2E {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void commons_io_resolves_to_the_newest_version_that_is_allowed_and_a_pin_is_refused(Maven client) throws Exception {
        try (Sluice sluice =
                Sluice.start(folder.resolve("server"), "--upstream", "npm=none", "--upstream", "pypi=none")) {
            String range = "[2.11.0,2.12.0]";
            resolve(client, sluice, "any", range).succeeded();
            assertThat(folder.resolve("any/target/dependency/commons-io-2.12.0.jar"))
                    .exists();

            sluice.withhold(
                    "io",
                    "input.v0.package.name == \"commons-io:commons-io\"\n\tinput.v0.package.version == \"2.12.0\"");

            resolve(client, sluice, "ranged", range).succeeded();
            assertThat(folder.resolve("ranged/target/dependency/commons-io-2.11.0.jar"))
                    .exists();
            assertThat(resolve(client, sluice, "pinned", "2.12.0").failed().output())
                    .contains("Blocked by policy No io");
        }
    }

    private Run resolve(Maven client, Sluice sluice, String name, String version) throws IOException {
        client.forget("commons-io");
        Path project = Files.createDirectories(folder.resolve(name));
        return client.run(sluice, Maven.consumer(project, "commons-io", "commons-io", version), "", Maven.COPYING);
    }
}
