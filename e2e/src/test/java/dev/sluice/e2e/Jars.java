package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Libraries made by hand, and a small Maven repository on a fake upstream that holds them. */
final class Jars {

    /** The group of everything made here. */
    static final String GROUP = "org.example.sluice";

    private final FakeUpstreamServer server;

    Jars(FakeUpstreamServer server) {
        this.server = server;
    }

    /** The address of the repository, as {@code --upstream maven=} takes it. */
    String repository() {
        return server.url("/maven/").toString();
    }

    /** Holds exactly these versions of a library, the last being the newest. */
    void offer(String artifact, String... versions) throws IOException {
        StringBuilder metadata = new StringBuilder("<metadata><groupId>" + GROUP + "</groupId><artifactId>" + artifact
                + "</artifactId><versioning><latest>" + List.of(versions).getLast() + "</latest><release>"
                + List.of(versions).getLast() + "</release><versions>");
        for (String version : versions) {
            metadata.append("<version>").append(version).append("</version>");
            String file = path(artifact) + version + "/" + artifact + "-" + version;
            serve(file + ".pom", pom(artifact, version).getBytes(UTF_8));
            serve(file + ".jar", jar(artifact, version));
        }
        metadata.append("</versions><lastUpdated>20240501100000</lastUpdated></versioning></metadata>");
        serve(path(artifact) + "maven-metadata.xml", metadata.toString().getBytes(UTF_8));
    }

    /** Holds that file. */
    void serve(String path, byte[] content) {
        server.serve("/maven/" + path, Answer.ok(content));
        server.serve("/maven/" + path + ".sha1", Answer.ok(hex("SHA-1", content).getBytes(US_ASCII)));
    }

    /** Where a library lies in a repository, with a slash at the end. */
    static String path(String artifact) {
        return GROUP.replace('.', '/') + "/" + artifact + "/";
    }

    private static String pom(String artifact, String version) {
        return "<project><modelVersion>4.0.0</modelVersion><groupId>" + GROUP + "</groupId><artifactId>" + artifact
                + "</artifactId><version>" + version
                + "</version><licenses><license><name>Apache-2.0</name></license></licenses></project>";
    }

    /** A jar in which a text file has its version. */
    static byte[] jar(String artifact, String version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("META-INF/" + artifact + ".txt"));
            zip.write(version.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    /** A digest in hexadecimal. */
    static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
