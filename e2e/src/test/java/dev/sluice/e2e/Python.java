package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Distributions made by hand, and a small index on a fake upstream that lists them with upload times of the test's choice. */
final class Python {

    /** The media type of JSON project pages (PEP 691). */
    static final String SIMPLE_JSON = "application/vnd.pypi.simple.v1+json";

    private static final LocalDateTime LONG_AGO = LocalDateTime.of(2020, 1, 2, 3, 4, 6);

    private final FakeUpstreamServer server;
    private final Map<String, List<ObjectNode>> listed = new LinkedHashMap<>();

    Python(FakeUpstreamServer server) {
        this.server = server;
    }

    /** The address of the simple index, as {@code --upstream pypi=} takes it. */
    String index() {
        return server.url("/simple/").toString();
    }

    /** Lists a wheel of that version, uploaded then. */
    void offer(String project, String version, Instant uploaded) throws IOException {
        offer(project, project + "-" + version + "-py3-none-any.whl", wheel(project, version), uploaded);
    }

    /** Lists a file of a project, uploaded then. */
    void offer(String project, String fileName, byte[] content, Instant uploaded) {
        String path = "/files/" + fileName;
        server.serve(path, Answer.ok(content));
        List<ObjectNode> files = listed.computeIfAbsent(project, p -> new ArrayList<>());
        ObjectNode file = Sluice.JSON
                .createObjectNode()
                .put("filename", fileName)
                .put("url", server.url(path).toString())
                .put("size", content.length)
                .put("upload-time", uploaded.toString())
                .put("yanked", false);
        file.putObject("hashes").put("sha256", sha256(content));
        files.add(file);
        list(project);
    }

    /** Promises that METADATA for the file that was offered last (PEP 658). */
    void promise(String project, String metadata) {
        ObjectNode file = listed.getOrDefault(project, List.of()).getLast();
        file.putObject("core-metadata").put("sha256", sha256(metadata.getBytes(UTF_8)));
        server.serve("/files/" + file.path("filename").asString() + ".metadata", Answer.ok(metadata));
        list(project);
    }

    private void list(String project) {
        ObjectNode page = Sluice.JSON.createObjectNode().put("name", project);
        page.putObject("meta").put("api-version", "1.1");
        ArrayNode all = page.putArray("files");
        listed.getOrDefault(project, List.of()).forEach(all::add);
        server.serve("/simple/" + project + "/", Answer.ok(page.toString()).header("Content-Type", SIMPLE_JSON));
    }

    /** The name of the file that was offered of a version, or of the wheel that could have been. */
    String file(String project, String version) {
        return listed.getOrDefault(project, List.of()).stream()
                .map(file -> file.path("filename").asString())
                .filter(name -> name.startsWith(project + "-" + version))
                .findFirst()
                .orElse(project + "-" + version + "-py3-none-any.whl");
    }

    /** Runs a program of the virtual environment; the folder is its home, so its caches lie there. */
    static Run run(Path home, String... command) throws IOException {
        Path bin = Clients.python();
        List<String> words = new ArrayList<>(List.of(command));
        words.set(0, bin.resolve(command[0]).toString());
        Map<String, String> environment = new HashMap<>(Clients.pythonEnvironment(home));
        environment.put("XDG_CACHE_HOME", home.resolve("cache").toString());
        environment.put("UV_NO_CONFIG", "1");
        environment.put("UV_DEFAULT_INDEX", "");
        environment.put("UV_PYTHON", bin.resolve("python").toString());
        environment.put("UV_PYTHON_DOWNLOADS", "never");
        environment.put("NO_COLOR", "1");
        // one line however long a message is
        environment.put("COLUMNS", "300");
        return Run.of(home, environment, words);
    }

    /** A pure wheel with one module that knows its version. */
    static byte[] wheel(String project, String version) throws IOException {
        return wheel(project, version, "MIT");
    }

    /** The same under another licence. */
    static byte[] wheel(String project, String version, String license) throws IOException {
        String info = project + "-" + version + ".dist-info/";
        Map<String, String> files = new LinkedHashMap<>();
        files.put(project + "/__init__.py", "version = '" + version + "'\n");
        files.put(info + "METADATA", metadata(project, version, license));
        files.put(
                info + "WHEEL",
                "Wheel-Version: 1.0\nGenerator: by-hand (1.0)\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        StringBuilder record = new StringBuilder();
        files.forEach((name, text) -> record.append(name)
                .append(",sha256=")
                .append(Base64.getUrlEncoder().withoutPadding().encodeToString(digest(text.getBytes(UTF_8))))
                .append(',')
                .append(text.getBytes(UTF_8).length)
                .append('\n'));
        files.put(info + "RECORD", record.append(info).append("RECORD,,\n").toString());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(LONG_AGO); // the same bytes whenever it is made
                zip.putNextEntry(entry);
                zip.write(file.getValue().getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    /** The METADATA of {@link #wheel}. */
    static String metadata(String project, String version) {
        return metadata(project, version, "MIT");
    }

    private static String metadata(String project, String version, String license) {
        return "Metadata-Version: 2.1\nName: " + project + "\nVersion: " + version
                + "\nSummary: A package made by hand\nLicense: " + license
                + "\nRequires-Python: >=3.8\n\nNothing to see.\n";
    }

    /** SHA-256 in hexadecimal. */
    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest(bytes));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
