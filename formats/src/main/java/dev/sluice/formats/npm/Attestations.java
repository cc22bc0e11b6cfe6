package dev.sluice.formats.npm;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Gate.UpstreamDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What upstreams vouch with, passed through where they have it: signing keys ({@code /-/npm/v1/keys}) and attestations of a
 * version ({@code /-/npm/v1/attestations/{package}@{version}}).
 *
 * @param packageName the package, or null for the keys
 * @param version the version, or empty for the keys
 */
record Attestations(NpmFormat format, @Nullable PackageName packageName, String version) implements Endpoint {

    private static final int MAX_KEYS = 1_000;

    @Override
    public String name() {
        return packageName == null ? "npm.keys" : "npm.attestations";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        PackageName about = packageName;
        String path = about == null
                ? "-/npm/v1/keys"
                : "-/npm/v1/attestations/" + Names.encoded(about) + "@" + Names.encodePath(version);
        List<UpstreamDocument> documents = exchange.gate()
                .documents(exchange.visit(), exchange.repository(), format, about, path, "application/json");
        if (documents.isEmpty()) {
            return Replies.error(
                    404,
                    about == null
                            ? "no upstream has signing keys"
                            : "no attestations of " + about.name() + "@" + version);
        }
        byte[] body = about == null ? keys(documents) : documents.getFirst().body();
        return Replies.json(exchange, body);
    }

    /** The keys of all upstreams; where two use one key id the first upstream's counts. */
    private static byte[] keys(List<UpstreamDocument> documents) {
        Map<String, byte[]> byId = new LinkedHashMap<>();
        for (UpstreamDocument document : documents) {
            keysOf(document.body()).forEach(byId::putIfAbsent);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.raw("{\"keys\":[", out);
        boolean first = true;
        for (byte[] key : byId.values()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            out.writeBytes(key);
        }
        Json.raw("]}\n", out);
        return out.toByteArray();
    }

    /** The keys of one answer by their id; none when it is broken, which must not hide the keys of others. */
    private static Map<String, byte[]> keysOf(byte[] body) {
        Map<String, byte[]> byId = new LinkedHashMap<>();
        try {
            byte[] array = Json.members(body).getOrDefault("keys", new byte[] {'0'});
            try (JsonParser parser = Json.parser(array)) {
                if (parser.nextToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT && byId.size() < MAX_KEYS) {
                        int from = (int) Json.begin(parser);
                        byte[] key = Arrays.copyOfRange(array, from, (int) Json.end(parser));
                        byte[] id = Json.members(key).get("keyid");
                        if (id != null) {
                            byId.putIfAbsent(new String(id, StandardCharsets.UTF_8), key);
                        }
                    }
                }
            }
            return byId;
        } catch (JacksonException e) {
            return Map.of();
        }
    }
}
