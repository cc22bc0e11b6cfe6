package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.Body;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.gate.Publication.RejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;

/**
 * A changed packument as a client sends it, read in one pass and in any order of members; tarballs are decoded on the way to
 * where they are kept and never held in memory.
 */
final class Submission {

    private static final int MAX_MANIFEST = 4 << 20;
    private static final int MAX_VERSIONS = 100_000;

    private final PackageName packageName;
    private final Receiver receiver;
    private final Map<String, byte[]> about = new LinkedHashMap<>();
    private final Map<String, String> deprecations = new LinkedHashMap<>();
    private Map<String, String> tags = Map.of();
    private @Nullable String revision;
    private @Nullable String manifestVersion;
    private byte @Nullable [] manifest;
    private @Nullable Attachment attachment;
    private boolean versionsTold;

    /** Where a tarball goes. */
    interface Receiver {
        /** Opens the place for a tarball of that name; called at most once. */
        OutputStream open(String fileName, String version) throws IOException;
    }

    /**
     * A tarball that came along.
     *
     * @param fileName its name by convention
     * @param version the version its name tells
     * @param size bytes received
     */
    record Attachment(String fileName, String version, long size) {}

    private Submission(PackageName packageName, Receiver receiver) {
        this.packageName = packageName;
        this.receiver = receiver;
    }

    /**
     * Reads a body.
     *
     * @throws RejectedException when it is not what a client may send, with the reason
     */
    static Submission read(PackageName packageName, InputStream body, Receiver receiver)
            throws IOException, RejectedException {
        Submission submission = new Submission(packageName, receiver);
        Window window = new Window(body, MAX_MANIFEST);
        try (JsonParser parser = Json.parser(window)) {
            if (parser.nextToken() != JsonToken.START_OBJECT || Json.begin(parser) < 0) {
                throw new RejectedException(400, "the body is not a JSON object in UTF-8");
            }
            String member;
            while ((member = parser.nextName()) != null) {
                parser.nextToken();
                submission.readMember(member, parser, window);
            }
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new RejectedException(400, "the body is not valid JSON: " + Json.complaint(e));
        }
        return submission;
    }

    private void readMember(String member, JsonParser parser, Window window) throws IOException, RejectedException {
        switch (member) {
            case "name", "_id" -> {
                String told = Json.text(parser);
                if (told != null && !told.equals(packageName.name())) {
                    throw new RejectedException(
                            400,
                            "the body is about '" + Json.cut(told, 80) + "', the address about '" + packageName.name()
                                    + "'");
                }
            }
            case "_rev" -> revision = Json.text(parser);
            case "dist-tags" -> tags = Json.texts(parser, 100);
            case "versions" -> readVersions(parser, window);
            case "_attachments" -> readAttachments(parser);
            default -> {
                if (!PackageDocument.ABOUT.contains(member)) {
                    parser.skipChildren();
                    return;
                }
                byte[] value = slice(parser, window);
                if (value != null && value.length <= PackageDocument.MAX_MEMBER) {
                    about.put(member, value);
                }
            }
        }
    }

    private static byte @Nullable [] slice(JsonParser parser, Window window) {
        long from = Json.begin(parser);
        window.keepFrom(from);
        long to = Json.end(parser);
        window.forget();
        return window.slice(from, to);
    }

    private void readVersions(JsonParser parser, Window window) throws RejectedException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        versionsTold = true;
        String version;
        while ((version = parser.nextName()) != null) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new RejectedException(400, "the manifest of " + Json.cut(version, 80) + " is not an object");
            }
            byte[] json = slice(parser, window);
            if (json == null) {
                throw new RejectedException(413, "the manifest of " + Json.cut(version, 80) + " is too large");
            }
            if (deprecations.size() >= MAX_VERSIONS) {
                throw new RejectedException(413, "more than " + MAX_VERSIONS + " versions");
            }
            String deprecated = Manifest.read(json).facts().deprecated();
            deprecations.put(version, deprecated == null ? "" : deprecated);
            manifestVersion = version;
            manifest = json;
        }
    }

    private void readAttachments(JsonParser parser) throws IOException, RejectedException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        String name;
        while ((name = parser.nextName()) != null) {
            if (parser.nextToken() != JsonToken.START_OBJECT || !name.endsWith(".tgz")) {
                parser.skipChildren(); // provenance bundles and the like
                continue;
            }
            if (attachment != null) {
                throw new RejectedException(400, "one version at a time: a second tarball came along");
            }
            attachment = readTarball(name, parser);
        }
    }

    private Attachment readTarball(String name, JsonParser parser) throws IOException, RejectedException {
        String fileName = name.substring(name.lastIndexOf('/') + 1);
        String version = Names.version(packageName, fileName);
        if (version == null || !Names.isFileName(fileName)) {
            throw new RejectedException(
                    400,
                    "the attachment '" + Json.cut(name, 100) + "' is not named "
                            + Names.tarball(packageName, "<version>"));
        }
        long size = -1;
        long promised = -1;
        String member;
        while ((member = parser.nextName()) != null) {
            JsonToken token = parser.nextToken();
            if (member.equals("data")) {
                if (token != JsonToken.VALUE_STRING || size >= 0) {
                    throw new RejectedException(400, "the data of an attachment is one base64 string");
                }
                try (OutputStream target = receiver.open(fileName, version)) {
                    size = decode(parser, target);
                }
            } else if (member.equals("length") && token == JsonToken.VALUE_NUMBER_INT) {
                promised = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        if (size < 0) {
            throw new RejectedException(400, "the attachment '" + Json.cut(name, 100) + "' has no data");
        }
        if (promised >= 0 && promised != size) {
            throw new RejectedException(400, fileName + ": promised " + promised + " bytes, received " + size);
        }
        return new Attachment(fileName, version, size);
    }

    private static long decode(JsonParser parser, OutputStream target) throws RejectedException {
        try {
            return parser.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, target);
        } catch (JacksonIOException e) {
            throw e;
        } catch (JacksonException e) {
            throw new RejectedException(400, "the data of an attachment is not base64");
        }
    }

    /** The tarball that came along, or null. */
    @Nullable
    Attachment attachment() {
        return attachment;
    }

    /** The one manifest that came with a tarball. */
    byte[] manifest(String version) throws RejectedException {
        byte[] json = manifest;
        if (json == null || !version.equals(manifestVersion) || deprecations.size() != 1) {
            throw new RejectedException(
                    400, "one version at a time: the body needs exactly the manifest of " + version);
        }
        return json;
    }

    /** Every version in the body with its deprecation message, empty where it has none. */
    Map<String, String> deprecations() {
        return deprecations;
    }

    /** Whether the body told any versions at all, even none. */
    boolean tellsVersions() {
        return versionsTold;
    }

    Map<String, String> tags() {
        return tags;
    }

    /** Members for people. */
    Map<String, byte[]> about() {
        return about;
    }

    /** The revision that the change was made from, or null. */
    @Nullable
    String revision() {
        return revision;
    }

    /** The longest body that is read when no tarball may come along. */
    static InputStream withoutTarball(Request request) throws IOException {
        return Body.unzipped(request, 128L << 20);
    }
}
