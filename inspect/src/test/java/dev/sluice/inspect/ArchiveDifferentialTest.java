package dev.sluice.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of forged archives, each read here and by Python, the JDK and npm's node-tar: whoever reads another document than we
 * do, or one where we read none, does so only in an archive that we call ambiguous.
 */
class ArchiveDifferentialTest {

    /** More by {@code -Dsluice.differentials=100000}; the seed is fixed so that a failure is found again. */
    private static final int COUNT = Integer.getInteger("sluice.differentials", 1_500);

    private static final Pattern METADATA = Pattern.compile("[^/]+\\.dist-info/METADATA");

    private final ArchiveReader reader = new ArchiveReader(InspectionLimits.DEFAULT);

    @Test
    void whoever_reads_another_metadata_of_a_wheel_finds_it_told(@TempDir Path folder) throws Exception {
        Random random = new Random(Long.getLong("sluice.seed", 1));
        List<byte[]> archives = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            archives.add(ForgedArchives.zip(random, "foo-1.0.dist-info/METADATA"));
        }
        List<Path> paths = kept(archives, folder, ".whl");
        List<String> python = OtherReaders.python("wheel", paths, folder);
        Tally tally = new Tally();
        for (int i = 0; i < COUNT; i++) {
            Archive ours = read(archives.get(i), Layout.WHEEL, true);
            tally.compare(ours, python == null ? null : python.get(i), "zipfile", paths.get(i));
            tally.compare(ours, OtherReaders.zipFile(paths.get(i), METADATA), "ZipFile", paths.get(i));
            tally.compare(ours, OtherReaders.stream(archives.get(i), METADATA), "JarInputStream", paths.get(i));
        }
        tally.isSane();
    }

    /** What is read from a distance is what is read of the whole, or nothing; but of what nobody can read whole, which is told. */
    @Test
    void the_end_of_a_wheel_tells_no_other_metadata_than_the_whole() throws IOException {
        Random random = new Random(Long.getLong("sluice.seed", 4));
        ArtifactInspector inspector = new ArtifactInspector();
        int told = 0;
        for (int i = 0; i < COUNT; i++) {
            byte[] wheel = ForgedArchives.zip(random, "foo-1.0.dist-info/METADATA");
            byte[] found;
            try {
                found = inspector.metadata("pypi", "foo-1.0-py3-none-any.whl", new InMemory(wheel));
            } catch (IOException nobodyReadsIt) {
                continue;
            }
            if (found != null) {
                Archive whole = Objects.requireNonNull(read(wheel, Layout.WHEEL, true));
                if (whole.unreadable() == null || !whole.documents().isEmpty()) {
                    assertThat(whole.documents().getLast().bytes()).isEqualTo(found);
                    told++;
                }
            }
        }
        assertThat(told).as("most are honest enough").isGreaterThan(COUNT / 4);
    }

    @Test
    void whoever_reads_another_pkg_info_of_a_source_distribution_finds_it_told(@TempDir Path folder) throws Exception {
        Random random = new Random(Long.getLong("sluice.seed", 2));
        List<byte[]> archives = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            archives.add(ForgedArchives.tarGz(random, "PKG-INFO"));
        }
        List<Path> paths = kept(archives, folder, ".tar.gz");
        List<String> python = OtherReaders.python("sdist.tar", paths, folder);
        Tally tally = new Tally();
        for (int i = 0; i < COUNT; i++) {
            Archive ours = read(archives.get(i), Layout.SDIST, false);
            tally.compare(ours, python == null ? null : python.get(i), "tarfile", paths.get(i));
        }
        tally.isSane();
    }

    @Test
    void whoever_reads_another_package_json_of_a_tarball_finds_it_told(@TempDir Path folder) throws Exception {
        Random random = new Random(Long.getLong("sluice.seed", 3));
        List<byte[]> archives = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            archives.add(ForgedArchives.tarGz(random, "package.json"));
        }
        List<Path> paths = kept(archives, folder, ".tgz");
        List<String> node = OtherReaders.nodeTar(paths, folder);
        Tally tally = new Tally();
        for (int i = 0; i < COUNT; i++) {
            Archive ours = read(archives.get(i), Layout.NPM, false);
            tally.compare(ours, node == null ? null : node.get(i), "node-tar", paths.get(i));
        }
        tally.isSane();
    }

    private @Nullable Archive read(byte[] bytes, Layout layout, boolean zip) {
        try {
            return zip ? reader.zip(new InMemory(bytes), layout) : reader.tarGz(new InMemory(bytes), layout);
        } catch (IOException nobodyReadsIt) {
            return null;
        }
    }

    private static List<Path> kept(List<byte[]> archives, Path folder, String suffix) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < archives.size(); i++) {
            paths.add(Files.write(folder.resolve(i + suffix), archives.get(i)));
        }
        return paths;
    }

    /** What was found, so that a generator that forges nothing, or everything, is found out. */
    private static final class Tally {

        private int certain;
        private int ambiguous;
        private int different;

        void compare(@Nullable Archive ours, @Nullable String theirs, String who, Path path) {
            if (theirs == null) {
                return;
            }
            String read = ours == null || ours.documents().isEmpty()
                    ? "none"
                    : OtherReaders.sha256(ours.documents().getLast().bytes());
            boolean told = ours != null && !ours.ambiguities().isEmpty();
            certain += told ? 0 : 1;
            ambiguous += told ? 1 : 0;
            if (theirs.equals("none") || theirs.equals("fails") || theirs.equals(read)) {
                return;
            }
            different++;
            assertThat(told)
                    .as("%s reads %s of %s, we read %s without a word", who, theirs, path, read)
                    .isTrue();
        }

        void isSane() {
            System.out.println(
                    certain + " readings are certain, " + ambiguous + " ambiguous, " + different + " differ");
            assertThat(certain).isPositive();
            assertThat(ambiguous).isPositive();
        }
    }
}
