package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.FakeUpstreamServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A file system of its own that is really small, full or read-only: a tmpfs, where this user may mount one. Close it at the end. */
final class SmallDisk implements AutoCloseable {

    /** Commands run outside of what they mount. */
    private static final Path OUTSIDE = Path.of("/");

    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    /** Mounts an empty one of so many megabytes at a new directory; the test is skipped where that cannot be done. */
    static SmallDisk mounted(Path at, int megabytes) throws Exception {
        SmallDisk disk = new SmallDisk(Files.createDirectories(at));
        assumeTrue(
                disk.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", at.toString()),
                "only where a tmpfs can be mounted (Linux, as root)");
        return disk;
    }

    /** Where it is mounted. */
    Path path() {
        return path;
    }

    /** Mounts something anew; fails when that cannot be done. */
    void mount(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "mount";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        assertThat(run(command)).isTrue();
    }

    /** Takes away what was mounted there. */
    void unmount(Path where) {
        assertThat(run("umount", where.toString())).isTrue();
    }

    private boolean run(String... command) {
        try {
            return Run.of(OUTSIDE, Map.of(), List.of(command)).exitCode() == 0;
        } catch (IllegalStateException noSuchCommand) {
            return false;
        }
    }

    /** A server whose data directory is {@code data} in the folder, and which has one upstream of npm packages. */
    static Sluice serve(Path folder, FakeUpstreamServer upstream) throws Exception {
        return Sluice.start(
                folder,
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none",
                "--set",
                "log.access=false");
    }

    @Override
    public void close() {
        var _ = run("umount", "-l", path.toString());
    }
}
