package dev.sluice.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.StoredFile;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plain values for tests: whole and valid, so that a test says only what matters to it. */
public final class Samples {
    /** An instant with all nine digits of a second, so that what rounds is found out. */
    public static final Instant INSTANT = Instant.parse("2026-01-02T03:04:05.678912345Z");

    /** Texts that break what quotes, escapes, counts or folds carelessly; a database can keep all of them. */
    public static final List<String> HOSTILE_TEXTS = List.of(
            "o'brien",
            "\"quoted\"",
            "'; DROP TABLE token; --",
            "per%cent_under\\score",
            "line\nbreak\ttab\r",
            "ünïcödé 漢字 \uD83D\uDCA5 \u202Egnp.exe",
            "?:name ${blob} {{x}} $1",
            " leading and trailing ",
            "UPPER and lower",
            "x".repeat(512));

    private Samples() {}

    /** What those bytes turn out to be. */
    public static Contents contents(byte[] bytes) {
        return new Contents(
                bytes.length,
                digest(Algorithm.MD5, bytes),
                digest(Algorithm.SHA1, bytes),
                digest(Algorithm.SHA256, bytes),
                digest(Algorithm.SHA512, bytes));
    }

    /** What the UTF-8 bytes of that text turn out to be. */
    public static Contents contents(String text) {
        return contents(text.getBytes(UTF_8));
    }

    /** A kept file; its bytes are its path in UTF-8. */
    public static StoredFile file(String repository, Coordinates coordinates, String path, @Nullable String upstream) {
        return new StoredFile(repository, path, coordinates, contents(path), upstream, INSTANT, null);
    }

    /** A release with one file and every fact unknown. */
    public static Release release(String version) {
        ReleaseFile file = new ReleaseFile(
                "file-" + version,
                "path/file-" + version,
                null,
                List.of(contents(version).sha256()),
                -1,
                Signal.unknown("as the release"),
                null);
        return new Release(
                version,
                Signal.unknown("not told"),
                Signal.unknown("not told"),
                null,
                null,
                Signal.unknown("not told"),
                List.of(),
                "",
                List.of(file),
                version.getBytes(UTF_8));
    }

    private static Digest digest(Algorithm algorithm, byte[] bytes) {
        try {
            return Digest.of(
                    algorithm, MessageDigest.getInstance(algorithm.jcaName()).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
