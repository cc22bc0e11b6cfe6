package dev.sluice.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An npm package made up for measuring.
 *
 * @param name its name
 * @param version its only version where it is published, or its last
 * @param tarball the bytes of that version
 */
record NpmPackage(String name, String version, byte[] tarball) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int BLOCK = 512;

    /** A package whose tarball has about that many bytes; they cannot be compressed, like most of what is downloaded. */
    static NpmPackage ofSize(String name, int bytes) throws IOException {
        byte[] filling = new byte[bytes - 400];
        new Random(1).nextBytes(filling);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            entry(
                    gzip,
                    "package/package.json",
                    manifest(name, "1.0.0").toString().getBytes(StandardCharsets.UTF_8));
            entry(gzip, "package/filling.bin", filling);
            gzip.write(new byte[2 * BLOCK]);
        }
        return new NpmPackage(name, "1.0.0", out.toByteArray());
    }

    /** What a client sends to publish it. */
    String submission() {
        String file = name + "-" + version + ".tgz";
        ObjectNode manifest = manifest(name, version);
        manifest.put("_id", name + "@" + version);
        manifest.putObject("dist")
                .put("integrity", integrity(tarball))
                .put("tarball", "http://registry.example/" + name + "/-/" + file);
        ObjectNode body = JSON.createObjectNode().put("_id", name).put("name", name);
        body.putObject("dist-tags").put("latest", version);
        body.putObject("versions").set(version, manifest);
        body.putObject("_attachments")
                .putObject(file)
                .put("content_type", "application/octet-stream")
                .put("data", Base64.getEncoder().encodeToString(tarball))
                .put("length", tarball.length);
        return body.toString();
    }

    /** The full packument an upstream would give of this package alone. */
    String packument(java.net.URI file) {
        ObjectNode body = JSON.createObjectNode().put("_id", name).put("name", name);
        body.putObject("dist-tags").put("latest", version);
        ObjectNode manifest = manifest(name, version);
        manifest.putObject("dist").put("integrity", integrity(tarball)).put("tarball", file.toString());
        body.putObject("versions").set(version, manifest);
        body.putObject("time").put(version, "2020-01-01T00:00:00.000Z");
        return body.toString();
    }

    /**
     * The full packument an upstream would give of a package with that many versions, years old but for the newest, which appeared
     * just now.
     */
    static byte[] packument(String name, int versions, int fresh, java.net.URI upstream) {
        ObjectNode body = JSON.createObjectNode().put("_id", name).put("name", name);
        body.putObject("dist-tags").put("latest", version(versions - 1));
        ObjectNode all = body.putObject("versions");
        ObjectNode times = body.putObject("time").put("created", "2015-01-01T00:00:00.000Z");
        for (int i = 0; i < versions; i++) {
            String version = version(i);
            ObjectNode manifest = manifest(name, version);
            manifest.put("license", "MIT").put("_id", name + "@" + version);
            manifest.putObject("dependencies").put("left", "^1." + i % 7 + ".0").put("right", "~2.1." + i % 5);
            manifest.putObject("engines").put("node", ">=18");
            manifest.putObject("dist")
                    .put("integrity", integrity((name + version).getBytes(StandardCharsets.UTF_8)))
                    .put("tarball", upstream + name + "/-/" + name + "-" + version + ".tgz");
            all.set(version, manifest);
            times.put(
                    version,
                    i < versions - fresh
                            ? "20" + (15 + i * 8 / versions) + "-0" + (1 + i % 9) + "-01T00:00:00.000Z"
                            : Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The number of a version in {@link #packument}. */
    static String version(int number) {
        return number / 500 + "." + number / 10 % 50 + "." + number % 10;
    }

    private static ObjectNode manifest(String name, String version) {
        return JSON.createObjectNode()
                .put("name", name)
                .put("version", version)
                .put("description", "made up for measuring");
    }

    private static String integrity(byte[] bytes) {
        try {
            return "sha512-"
                    + Base64.getEncoder()
                            .encodeToString(MessageDigest.getInstance("SHA-512").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One file of a tar archive (POSIX ustar). */
    private static void entry(GZIPOutputStream out, String name, byte[] content) throws IOException {
        byte[] header = new byte[BLOCK];
        text(header, 0, name);
        text(header, 100, "0000644");
        text(header, 108, "0000000");
        text(header, 116, "0000000");
        text(header, 124, "%011o".formatted(content.length));
        text(header, 136, "00000000000");
        text(header, 148, "        ");
        header[156] = '0';
        text(header, 257, "ustar");
        text(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        text(header, 148, "%06o\0".formatted(sum));
        out.write(header);
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void text(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
