package dev.sluice.app.command;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.config.Version;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.app.wiring.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The REST API as commands use it: of the server that runs on the data directory, of one named by {@code SLUICE_URL} and {@code
 * SLUICE_TOKEN}, or, when none runs, of one that is started inside this process for the length of the command.
 *
 * <p>Close it when the command is done.
 */
public final class Api implements AutoCloseable {

    /** Reads and writes what is sent. */
    public static final JsonMapper JSON = JsonMapper.builder().build();

    /** A request can be wrong in many places; a terminal shows so many. */
    private static final int MAX_SENTENCES = 20;

    private final HttpClient http;
    private final String address;
    private final String token;
    private final @Nullable RunningServer own;

    private Api(String address, String token, @Nullable SSLContext trust, @Nullable RunningServer own) {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10));
        if (trust != null) {
            client.sslContext(trust);
        }
        this.http = client.build();
        this.address = address;
        this.token = token;
        this.own = own;
    }

    /** Connects. Throws IOException when there is no server and none can be started. */
    static Api connect(ConfigurationOptions options) throws IOException {
        String url = System.getenv("SLUICE_URL");
        if (url != null && !url.isBlank()) {
            String token = System.getenv("SLUICE_TOKEN");
            SSLContext trust =
                    url.regionMatches(true, 0, "https:", 0, 6) ? Trust.authorities(options.authorities()) : null;
            return new Api(url.replaceFirst("/+$", ""), token == null ? "" : token, trust, null);
        }
        Configuration configuration = options.configuration();
        Optional<ControlFile.Control> running =
                ControlFile.in(configuration.path(Setting.DATA)).running();
        if (running.isPresent()) {
            String certificate = running.get().certificate();
            return new Api(
                    running.get().address(),
                    running.get().token(),
                    certificate == null ? null : Trust.only(certificate),
                    null);
        }
        if (!java.nio.file.Files.isDirectory(configuration.path(Setting.DATA))) {
            throw new IOException("no installation in '" + configuration.get(Setting.DATA)
                    + "'; start one with: sluice serve --data " + configuration.get(Setting.DATA)
                    + "  or name a server with SLUICE_URL and SLUICE_TOKEN");
        }
        RunningServer own = RunningServer.forCommand(open(configuration));
        return new Api(own.address(), own.controlToken(), null, own);
    }

    /** To a server that runs on this machine, without TLS. */
    public static Api at(ControlFile.Control running) {
        return new Api(running.address(), running.token(), null, null);
    }

    /** Opens the installation that is configured inside this process; the caller closes it. */
    public static Installation open(Configuration configuration) throws IOException {
        return Installation.open(configuration, clock(), Machine.here());
    }

    /** The clock of commands. */
    public static InstantSource clock() {
        return InstantSource.system();
    }

    /** Where the pages of the server are: empty where it was started for this command only, so that no address would last. */
    public String address() {
        return own == null ? address : "";
    }

    /** Asks for that path. Throws IOException with what the server says is wrong. */
    public JsonNode get(String path) throws IOException {
        return send("GET", path, null);
    }

    /** Sends a request with a JSON body, or none. Throws IOException with what the server says is wrong. */
    public JsonNode send(String method, String path, @Nullable JsonNode body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofMinutes(10))
                .header("Accept", "application/json")
                .header("User-Agent", "sluice/" + Version.TEXT);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json");
            request.method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode answer = parsed(response.body());
            if (response.statusCode() >= 300) {
                throw new RefusedException(response.statusCode(), complaint(response.statusCode(), answer), answer);
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (java.net.ConnectException e) {
            throw new IOException("no server answers at " + address, e);
        } catch (SSLException e) {
            throw new IOException(
                    address + " shows a certificate that is not trusted (" + e.getMessage()
                            + "); name its authority with --ca FILE or SLUICE_CA",
                    e);
        }
    }

    private static JsonNode parsed(String text) {
        if (text.isBlank()) {
            return JSON.createObjectNode();
        }
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return JSON.createObjectNode().put("detail", text.strip());
        }
    }

    private static String complaint(int status, JsonNode answer) {
        List<String> sentences = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : answer.path("fields").properties()) {
            collect(field.getKey(), field.getValue(), sentences);
        }
        if (!sentences.isEmpty()) {
            return String.join("\n        ", sentences);
        }
        for (String field : new String[] {"detail", "error", "title"}) {
            String text = answer.path(field).asString("");
            if (!text.isEmpty()) {
                return status == 401 ? text + " (set SLUICE_TOKEN)" : text;
            }
        }
        return "the server answered " + status;
    }

    /** What is wrong about a field, a sentence each: a text, an object with one, or lists of them. */
    private static void collect(String field, JsonNode fault, List<String> into) {
        if (fault.isArray()) {
            fault.forEach(each -> collect(field, each, into));
            return;
        }
        String text = fault.isObject() ? fault.path("string").asString("") : fault.asString("");
        if (!text.isEmpty() && into.size() < MAX_SENTENCES) {
            into.add(Output.plain(field.equals("non_field_errors") ? text : field + ": " + text));
        }
    }

    /** An empty object, to be filled. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A query string of the parts that are there; begins with a question mark unless it is empty. */
    public static String query(Map<String, @Nullable String> parts) {
        StringBuilder query = new StringBuilder();
        parts.forEach((key, value) -> {
            if (value != null && !value.isEmpty()) {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(key)
                        .append('=')
                        .append(encoded(value));
            }
        });
        return query.toString();
    }

    /** A text as a segment or a parameter of an address has it. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        http.close();
        if (own != null) {
            own.close();
        }
    }

    /** The server said no. */
    public static final class RefusedException extends IOException {
        private final int status;
        private final transient JsonNode answer;

        RefusedException(int status, String message, JsonNode answer) {
            super(message);
            this.status = status;
            this.answer = answer;
        }

        public int status() {
            return status;
        }

        /** Whether what was asked for is wrong in itself, so that asking again the same way is vain. */
        public boolean isAboutTheInput() {
            return status == 400 || status == 422;
        }

        public JsonNode answer() {
            return answer;
        }
    }
}
