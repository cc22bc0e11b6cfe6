package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.Body;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What {@code npm audit} and its kin ask, answered from the advisories imported here: {@code POST
 * /-/npm/v1/security/advisories/bulk} with versions by name, {@code …/audits/quick} and {@code …/audits} with a dependency tree.
 *
 * <p>Without any advisory data the answer is 404, which clients report as "no audit here": nothing unknown is shown as clean.
 */
record Audit(boolean bulk) implements Endpoint {

    private static final long MAX_BODY = 32L << 20;
    private static final int MAX_VERSIONS = 50_000;
    private static final int MAX_PATHS = 10;

    /**
     * An advisory and the versions asked for that it affects.
     *
     * @param versions with the paths by which a dependency tree reaches them
     */
    record Finding(AdvisoryMatch match, Map<String, List<String>> versions) {}

    /** The body holds more than is looked into. */
    private static final class TooManyException extends IOException {
        TooManyException() {
            super("more than " + MAX_VERSIONS + " versions to audit");
        }
    }

    @Override
    public String name() {
        return "npm.audit";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        Map<String, Map<String, List<String>>> asked;
        try (InputStream body = Body.unzipped(exchange.request(), MAX_BODY);
                JsonParser parser = Json.parser(body)) {
            parser.nextToken();
            asked = bulk ? versionsByName(parser) : versionsInTree(parser);
        } catch (TooManyException e) {
            return Replies.error(413, String.valueOf(e.getMessage()));
        } catch (JacksonException e) {
            IOException cause = Json.cause(e);
            if (cause != null) {
                throw cause;
            }
            return Replies.error(400, "the body is not what an audit sends: " + Json.complaint(e));
        }
        Map<String, List<Finding>> findings = new LinkedHashMap<>();
        boolean complete = true;
        for (Map.Entry<String, Map<String, List<String>>> entry : asked.entrySet()) {
            Map<String, Finding> ofPackage = new LinkedHashMap<>();
            complete &= find(exchange, entry.getKey(), entry.getValue(), ofPackage);
            if (!ofPackage.isEmpty()) {
                findings.put(entry.getKey(), List.copyOf(ofPackage.values()));
            }
        }
        if (!complete && findings.isEmpty()) { // a client would read it as clean
            return Replies.error(
                    404,
                    "The advisories of npm were not imported as a whole here, so nothing can be audited:"
                            + " sluice feeds sync, or sluice feeds import");
        }
        byte[] answer = bulk ? AuditReport.bulk(findings) : AuditReport.tree(findings, asked.size());
        return Response.of(200, "application/json", answer).with("Cache-Control", "no-store");
    }

    /** Collects the findings about a package by identifier; gives whether those are known to be all. */
    private static boolean find(
            Exchange exchange, String text, Map<String, List<String>> versions, Map<String, Finding> byIdentifier) {
        boolean complete = true;
        for (Map.Entry<String, List<String>> version : versions.entrySet()) {
            Coordinates coordinates;
            try {
                coordinates = new Coordinates(Names.parse(text), version.getKey());
            } catch (IllegalArgumentException e) {
                continue; // lock files also hold links and aliases, which no advisory is about
            }
            Findings known = exchange.gate().explaining().findings(coordinates);
            complete &= known.coverage().isKnown();
            for (AdvisoryMatch match : known.matches()) {
                byIdentifier
                        .computeIfAbsent(match.identifier(), id -> new Finding(match, new LinkedHashMap<>()))
                        .versions()
                        .put(version.getKey(), version.getValue());
            }
        }
        return complete;
    }

    /** {@code {"name": ["1.0.0", …], …}}. */
    private static Map<String, Map<String, List<String>>> versionsByName(JsonParser parser) throws TooManyException {
        Map<String, Map<String, List<String>>> result = new LinkedHashMap<>();
        int count = 0;
        String name;
        while (parser.currentToken() != null && (name = parser.nextName()) != null) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                parser.skipChildren();
                continue;
            }
            JsonToken token;
            while ((token = parser.nextToken()) != JsonToken.END_ARRAY && token != null) {
                String version = Json.text(parser);
                if (version != null) {
                    result.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(version, List.of());
                    if (++count > MAX_VERSIONS) {
                        throw new TooManyException();
                    }
                }
            }
        }
        return result;
    }

    /** {@code {"dependencies": {"name": {"version": "1.0.0", "dependencies": {…}}, …}}}; its depth is bounded by the parser's. */
    private static Map<String, Map<String, List<String>>> versionsInTree(JsonParser parser) throws TooManyException {
        Map<String, Map<String, List<String>>> result = new LinkedHashMap<>();
        readNode(parser, "", "", result, new int[1]);
        return result;
    }

    private static void readNode(
            JsonParser parser, String name, String path, Map<String, Map<String, List<String>>> into, int[] count)
            throws TooManyException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        String member;
        while ((member = parser.nextName()) != null) {
            JsonToken token = parser.nextToken();
            if (member.equals("version") && !name.isEmpty() && token == JsonToken.VALUE_STRING) {
                List<String> paths = into.computeIfAbsent(name, n -> new LinkedHashMap<>())
                        .computeIfAbsent(parser.getString(), v -> new ArrayList<>());
                if (paths.size() < MAX_PATHS) {
                    paths.add(path);
                }
                if (++count[0] > MAX_VERSIONS) {
                    throw new TooManyException();
                }
            } else if (member.equals("dependencies") && token == JsonToken.START_OBJECT) {
                String child;
                while ((child = parser.nextName()) != null) {
                    parser.nextToken();
                    readNode(parser, child, Json.cut(path.isEmpty() ? child : path + ">" + child, 1_000), into, count);
                }
            } else {
                parser.skipChildren();
            }
        }
    }
}
