package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** pip through a server to the index that this machine is set up with. */
@EnabledIfSystemProperty(named = "sluice.live", matches = "true")
final class PythonLiveE2E {

    @TempDir
    private Path folder;

    @Test
    void six_installs_and_a_pin_on_a_withheld_version_of_it_is_refused() throws Exception {
        try (Sluice sluice = Sluice.start(
                folder.resolve("server"),
                "--upstream",
                "npm=none",
                "--upstream",
                "maven=none",
                "--set",
                "pypi.withheld=yank")) {
            download(sluice, "any", "six==1.16.0").succeeded();
            assertThat(folder.resolve("any/six-1.16.0-py2.py3-none-any.whl")).exists();

            sluice.withhold("six", "input.v0.package.name == \"six\"\n\tinput.v0.package.version == \"1.16.0\"");

            assertThat(download(sluice, "pinned", "six==1.16.0").failed().output())
                    .contains("Blocked by policy No six");
            download(sluice, "ranged", "six<=1.16.0").succeeded();
            assertThat(folder.resolve("ranged/six-1.15.0-py2.py3-none-any.whl")).exists();
        }
    }

    private Run download(Sluice sluice, String to, String what) throws IOException {
        Path home = Files.createDirectories(folder.resolve(to));
        return Python.run(
                home,
                "pip",
                "download",
                "--index-url",
                sluice.repository("pypi") + "simple/",
                "--no-deps",
                "-d",
                home.toString(),
                what);
    }
}
