package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.Body;
import dev.sluice.formats.protocol.Edition;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Release;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * {@code /-/package/{package}/dist-tags}: reading, setting and removing tags.
 *
 * @param method GET, PUT or DELETE
 * @param tag the tag, or null for all of them
 */
record DistTags(
        PackageName packageName, String method, @Nullable String tag) implements Endpoint {

    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_.~!'()*-]{1,100}");
    private static final Pattern LOOKS_LIKE_RANGE = Pattern.compile("[vV=]?[0-9]+(\\..*)?|[xX*]");

    @Override
    public String name() {
        return "npm.dist-tags";
    }

    @Override
    public Permission permission() {
        return method.equals("GET") ? Permission.READ : Permission.PUBLISH;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return Replies.DIALECT.change(exchange, uploads -> switch (method) {
            case "PUT", "POST" -> set(exchange);
            case "DELETE" -> remove(exchange);
            default -> read(exchange);
        });
    }

    private Response read(Exchange exchange) throws IOException {
        return switch (exchange.gate().index(exchange.visit(), exchange.repository(), packageName)) {
            case Listed listed -> answer(exchange, listed);
            case Denial denial -> Replies.DIALECT.denied(denial, exchange);
        };
    }

    private Response answer(Exchange exchange, Listed listed) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.ObjectWriter object = new Json.ObjectWriter(out);
        Packument.of(listed).tags().forEach(object::text);
        return Replies.json(exchange, Replies.bytes(object, out));
    }

    private Response set(Exchange exchange) throws IOException, RejectedException {
        String wanted = checked(tag);
        String version = version(exchange);
        change(exchange, "dist-tag " + wanted + " = " + version, current -> {
            if (current.index().release(version) == null) {
                throw new RejectedException(
                        404, packageName.name() + "@" + Json.cut(version, 100) + " is not published here");
            }
            Map<String, String> tags = tags(current);
            tags.put(wanted, version);
            return tags;
        });
        return Replies.done(201);
    }

    private static String version(Exchange exchange) throws IOException, RejectedException {
        try (JsonParser parser = Json.parser(Body.unzipped(exchange.request(), 4096))) {
            parser.nextToken();
            String version = Json.text(parser);
            if (version == null) {
                throw new RejectedException(400, "the body of a dist-tag is a version as a JSON string");
            }
            return version;
        } catch (JacksonException e) {
            throw new RejectedException(400, "the body of a dist-tag is a version as a JSON string");
        }
    }

    private Response remove(Exchange exchange) throws IOException, RejectedException {
        String wanted = checked(tag);
        if (wanted.equals("latest")) {
            throw new RejectedException(403, "the dist-tag latest cannot be removed; set it to another version");
        }
        change(exchange, "dist-tag " + wanted + " removed", current -> {
            Map<String, String> tags = tags(current);
            if (tags.remove(wanted) == null) {
                throw new RejectedException(404, wanted + " is not a dist-tag on package " + packageName.name());
            }
            return tags;
        });
        return Replies.done(200);
    }

    private static Map<String, String> tags(HostedPackage current) {
        return new LinkedHashMap<>(
                PackageDocument.read(current.index().document()).tags());
    }

    /** Makes the tags that follow from a package. */
    @FunctionalInterface
    private interface NewTags {
        Map<String, String> of(HostedPackage current) throws RejectedException;
    }

    private void change(Exchange exchange, String message, NewTags newTags) throws IOException, RejectedException {
        exchange.hosting()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(), packageName, Event.Kind.CHANGE, message, List.of(), current -> {
                                    if (current.index().releases().isEmpty()) {
                                        throw new RejectedException(
                                                404,
                                                packageName.name()
                                                        + " is not published here: its tags are the upstream's");
                                    }
                                    PackageDocument document =
                                            PackageDocument.read(current.index().document());
                                    return new Edition(current, exchange.visit().at())
                                            .change(document.withTags(
                                                            newTags.of(current),
                                                            exchange.visit().at())
                                                    .bytes());
                                }));
    }

    /** The tag, if it can be one: nothing that could be read as a version or range. */
    static String checked(@Nullable String tag) throws RejectedException {
        if (tag != null && LOOKS_LIKE_RANGE.matcher(tag).matches()) {
            throw new RejectedException(400, "Tag name must not be a valid SemVer range: " + Json.cut(tag, 100));
        }
        if (tag == null || !TAG.matcher(tag).matches() || tag.equals("__proto__")) {
            throw new RejectedException(
                    400,
                    "A tag has letters, digits and any of _.~!'()*-, at most 100; clients read anything with a slash as a"
                            + " folder or a git repository: " + Json.cut(String.valueOf(tag), 100));
        }
        return tag;
    }

    /** Tags without those on versions that are gone; {@code latest} moves to the highest stable one that is left. */
    static Map<String, String> without(Map<String, String> tags, List<Release> left) {
        Map<String, String> result = new LinkedHashMap<>(tags);
        List<String> versions = left.stream().map(Release::version).toList();
        result.values().removeIf(version -> !versions.contains(version));
        if (!result.containsKey("latest")) {
            Optional<String> highest = versions.stream()
                    .filter(v -> !Names.VERSIONS.isPrerelease(v))
                    .max(Names.VERSIONS)
                    .or(() -> versions.stream().max(Names.VERSIONS));
            highest.ifPresent(version -> result.put("latest", version));
        }
        return result;
    }
}
