package dev.sluice.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Indexes as they are kept: everything comes back, in a fraction of the memory. */
class PackedIndexTest {

    private static final PackageName NAME = new PackageName("text", "lib");

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append(
                    switch (random.nextInt(6)) {
                        case 0 -> "é";
                        case 1 -> "😀";
                        case 2 -> random.nextInt(20) == 0 ? "\uD800" : "b";
                        default -> "a";
                    });
        }
        return text.toString();
    }

    private static @Nullable String maybe(Random random) {
        return random.nextInt(3) == 0 ? text(random, 20) : null;
    }

    private static Signal<Instant> time(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Signal.unknown(text(random, 5));
            case 1 -> Signal.known(random.nextBoolean() ? Instant.MAX : Instant.MIN, "index");
            default ->
                Signal.known(
                        Instant.ofEpochSecond(
                                random.nextLong(-4_000_000_000L, 4_000_000_000L), random.nextInt(1_000_000_000)),
                        "index");
        };
    }

    private static Digest digest(Random random, Digest.Algorithm algorithm) {
        byte[] bytes = new byte[algorithm.bytes()];
        random.nextBytes(bytes);
        return Digest.of(algorithm, bytes);
    }

    private static Release release(Random random, String version) {
        List<ReleaseFile> files = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            String name = "lib-" + version + "-" + i + ".whl";
            List<Digest> digests = new ArrayList<>();
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                if (random.nextInt(3) == 0) {
                    digests.add(digest(random, algorithm));
                }
            }
            files.add(new ReleaseFile(
                    name,
                    random.nextInt(9) == 0 ? "elsewhere/" + version + i : "files/lib/" + name,
                    random.nextInt(5) == 0
                            ? null
                            : "https://files.example/" + random.nextLong() + "/" + name + "?a=%20",
                    digests,
                    random.nextInt(3) == 0 ? -1 : random.nextLong(0, Long.MAX_VALUE),
                    time(random),
                    maybe(random)));
        }
        byte[] document = new byte[random.nextInt(3) == 0 ? random.nextInt(40_000) : 10];
        random.nextBytes(document);
        return new Release(
                version,
                time(random),
                random.nextBoolean() ? Signal.unknown("not told") : Signal.known(text(random, 30), "index"),
                maybe(random),
                maybe(random),
                random.nextBoolean() ? Signal.unknown("?") : Signal.known(random.nextBoolean(), "index"),
                random.nextBoolean() ? List.of() : List.of(text(random, 9), "b"),
                text(random, 50),
                files,
                document);
    }

    /** All of a release, as something that equals. */
    private static List<@Nullable Object> said(@Nullable Release release) {
        return release == null
                ? List.of()
                : Arrays.asList(
                        release.version(),
                        release.published(),
                        release.license(),
                        release.deprecated(),
                        release.yanked(),
                        release.installScripts(),
                        release.maintainers(),
                        release.summary(),
                        release.files(),
                        ByteBuffer.wrap(release.document()));
    }

    @Property(tries = 100)
    void whatever_an_index_says_is_said_by_the_packed_one(@ForAll Random random) {
        List<Release> releases = new ArrayList<>();
        for (int i = random.nextInt(60); i > 0; i--) {
            releases.add(release(random, i + "." + text(random, 3).replace("\uD800", "b")));
        }
        PackageIndex plain = new PackageIndex(NAME, new byte[] {1}, releases);
        PackageIndex packed = plain.packed();

        assertThat(packed.packed()).isSameAs(packed);
        assertThat(packed.releases()).hasSameSizeAs(releases);
        assertThat(IntStream.range(0, releases.size())
                        .mapToObj(i -> said(packed.releases().get(i)))
                        .toList())
                .isEqualTo(releases.stream().map(PackedIndexTest::said).toList());
        assertThat(packed.releases().stream().map(PackedIndexTest::said).toList())
                .isEqualTo(releases.stream().map(PackedIndexTest::said).toList());
        assertThat(packed.versions()).isEqualTo(plain.versions());
        assertThat(packed.release("none")).isNull();
        assertThat(packed.releaseOf("none")).isNull();
        for (Release release : releases) {
            assertThat(said(packed.release(release.version()))).isEqualTo(said(plain.release(release.version())));
            for (ReleaseFile file : release.files()) {
                assertThat(said(packed.releaseOf(file.path()))).isEqualTo(said(plain.releaseOf(file.path())));
            }
        }
    }

    private static PackageIndex page(Random random, int releases, int files) {
        List<Release> all = new ArrayList<>();
        for (int i = 0; i < releases; i++) {
            List<ReleaseFile> listed = new ArrayList<>();
            for (int j = 0; j < files; j++) {
                String name = "lib-1." + i + "-cp3" + j + "-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
                String path = digest(random, Digest.Algorithm.SHA256).hex();
                Signal<Instant> uploaded = Signal.known(
                        Instant.ofEpochSecond(1_700_000_000L + i * 86_400L + j, 123_456_000), "upstream-index");
                for (String suffix : List.of("", ".metadata")) {
                    listed.add(new ReleaseFile(
                            name + suffix,
                            "files/lib/" + name + suffix,
                            "https://files.example/packages/" + path.substring(0, 2) + "/" + path + "/" + name + suffix,
                            List.of(digest(random, Digest.Algorithm.SHA256)),
                            1_000_000 + i,
                            uploaded,
                            null));
                }
            }
            all.add(new Release(
                    "1." + i,
                    Signal.known(Instant.ofEpochSecond(1_700_000_000L + i * 86_400L), "upstream-index"),
                    Signal.unknown("the simple index does not tell licences"),
                    null,
                    null,
                    Signal.known(false, "upstream-index"),
                    List.of(),
                    "",
                    listed,
                    new byte[60]));
        }
        return new PackageIndex(NAME, new byte[0], all);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    @Test
    void a_page_of_thousands_of_files_takes_what_it_says_it_takes_and_that_is_little() {
        long told = 0;
        boolean close = false;
        // what other tests left behind may go at any moment: one measurement that is not disturbed is enough
        for (int attempt = 0; attempt < 10 && !close; attempt++) {
            Random random = new Random(1);
            List<PackageIndex> kept = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                kept.add(page(random, 100, 10).packed());
            }
            told = kept.stream().mapToLong(PackageIndex::weight).sum();
            long with = used();
            kept.clear();
            long measured = with - used();
            close = told >= measured * 2 / 3 && told <= measured * 3 / 2;
        }

        assertThat(close).as("what it says and what it takes").isTrue();
        assertThat(told / (20 * 100 * 10))
                .as("bytes per wheel with its side-car")
                .isLessThan(300);
    }
}
