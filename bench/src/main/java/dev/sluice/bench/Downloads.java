package dev.sluice.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Files that are here already, beside nginx: an npm tarball of 40 KB and of 5 MB, an artifact of Maven. Every download is decided, and
 * durable in the journal before its first byte; at the end the journal must hold every one.
 */
final class Downloads implements Part {

    static final List<String> NO_UPSTREAM =
            List.of("--upstream", "npm=none", "--upstream", "pypi=none", "--upstream", "maven=none");
    static final Map<String, String> QUIET = Map.of("SLUICE_LOG_ACCESS", "false");
    static final int SMALL = 40 * 1024;
    private static final int LARGE = 5 * 1024 * 1024;
    private static final int SHORT_WARMUP = 3;
    private static final String JAR = "/maven/main/example/bench/filling/1.0/filling-1.0.jar";

    @Override
    public String name() {
        return "download";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        NpmPackage small = NpmPackage.ofSize("small", SMALL);
        NpmPackage large = NpmPackage.ofSize("large", LARGE);
        byte[] jar = jar();
        try (Registry sluice = Registry.start("Sluice", folder.resolve("s1"), path(small), QUIET, NO_UPSTREAM)) {
            sluice.publish(small);
            sluice.publish(large);
            sluice.put(JAR.replace(".jar", ".pom"), pom());
            sluice.put(JAR, jar);
            Path a = folder.resolve("a");
            beside(options, a, sluice, small, small.tarball(), false, options.warmup())
                    .report(report, "40 KB, cached", "≥ 0.8");
            Path b = folder.resolve("b");
            beside(options, b, sluice.at(path(large)), large, large.tarball(), false, SHORT_WARMUP)
                    .report(report, "5 MB, cached", "≥ 0.95");
            Path c = folder.resolve("c");
            beside(options, c, sluice.at(JAR), null, jar, false, SHORT_WARMUP)
                    .report(report, "Maven artifact of 40 KB, cached", "");
        }
        try (Registry chatty = Registry.start("Sluice", folder.resolve("s2"), path(small), Map.of(), NO_UPSTREAM)) {
            chatty.publish(small);
            Path d = folder.resolve("d");
            beside(options, d, chatty, small, small.tarball(), true, options.warmup())
                    .report(report, "40 KB, cached, both with an access log", "");
        }
    }

    /** The address of a package's file. */
    static String path(NpmPackage npm) {
        return "/npm/main/" + npm.name() + "/-/" + npm.name() + "-" + npm.version() + ".tgz";
    }

    private static Rounds beside(
            Options options,
            Path folder,
            Registry sluice,
            @Nullable NpmPackage counted,
            byte[] body,
            boolean accessLog,
            int warmup)
            throws IOException, InterruptedException {
        if (!Arrays.equals(sluice.fetch(Map.of()), body)) {
            throw new IOException("what was downloaded is not what was published");
        }
        Files.createDirectories(folder);
        try (Nginx nginx = Nginx.start(folder, body, "", accessLog)) {
            Rounds rounds = Rounds.of(options, folder, nginx, sluice, Map.of(), warmup);
            if (counted != null && sluice.downloads(counted) < rounds.answered()) {
                throw new IOException("the journal does not hold what was downloaded: " + sluice.downloads(counted)
                        + " of " + rounds.answered());
            }
            return rounds;
        }
    }

    private static byte[] jar() throws IOException {
        byte[] filling = new byte[SMALL];
        new Random(2).nextBytes(filling);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("filling.bin"));
            zip.write(filling);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] pom() {
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
                <groupId>example.bench</groupId><artifactId>filling</artifactId><version>1.0</version></project>
                """.getBytes(StandardCharsets.UTF_8);
    }
}
