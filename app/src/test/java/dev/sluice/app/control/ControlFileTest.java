package dev.sluice.app.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.FaultyDisk;
import dev.sluice.testkit.FaultyDisk.Step;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlFileTest {

    @TempDir
    private Path folder;

    private final FaultyDisk disk = new FaultyDisk();

    /** What was sealed with a key that a crash takes away is lost. */
    @Test
    void a_private_file_and_its_name_are_durable_or_it_is_told_that_they_are_not() throws IOException {
        Path key = folder.resolve("secret.key");

        disk.breakAt(Step.FORCE, FaultyDisk.DAMAGED);
        assertThatThrownBy(() -> ControlFile.writePrivate(disk.at(key), "key"))
                .hasMessageContaining(FaultyDisk.DAMAGED);
        assertThat(key).doesNotExist();

        disk.breakAfter(1, Step.FORCE, FaultyDisk.DAMAGED);
        assertThatThrownBy(() -> ControlFile.writePrivate(disk.at(key), "key"))
                .hasMessageContaining(FaultyDisk.DAMAGED);

        disk.recover();
        ControlFile.writePrivate(disk.at(key), "key");
        assertThat(key).hasContent("key");
    }
}
