package dev.sluice.formats.npm;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.IndexOutcome;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.repository.Release;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /-/v1/search?text=…&size=…&from=…}: packages known here whose name contains every word of the text: those published
 * here, and the one of exactly that name where its index is at hand. Upstreams are not searched.
 */
record Search(NpmFormat format) implements Endpoint {

    private static final int MAX_SIZE = 100;
    private static final int MAX_NAMES = 100_000;
    private static final int PAGE = 1_000;
    private static final int MAX_TEXT = 500;

    @Override
    public String name() {
        return "npm.search";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        Request request = exchange.request();
        int size = number(request.query("size"), 20, MAX_SIZE);
        int from = number(request.query("from"), 0, MAX_NAMES);
        List<PackageName> names = matches(exchange, words(request.query("text")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.ObjectWriter result = new Json.ObjectWriter(out);
        result.member("objects").write('[');
        boolean first = true;
        for (PackageName name : names.subList(Math.min(from, names.size()), Math.min(from + size, names.size()))) {
            // decided like every other answer about versions: a withheld one is never shown as the newest
            IndexOutcome outcome = exchange.gate().index(exchange.visit(), exchange.repository(), name);
            JudgedRelease newest = outcome instanceof Listed listed ? newest(listed) : null;
            if (newest != null) {
                if (!first) {
                    out.write(',');
                }
                first = false;
                write(name, newest.release(), out);
            }
        }
        out.write(']');
        result.raw("total", Integer.toString(names.size()));
        result.text("time", PackageDocument.text(exchange.visit().at()));
        return Replies.json(exchange, Replies.bytes(result, out));
    }

    private List<PackageName> matches(Exchange exchange, List<String> words) {
        List<PackageName> result = new ArrayList<>();
        String after = "";
        for (int seen = 0; seen < MAX_NAMES; seen += PAGE) {
            List<PackageName> page = exchange.hosting().hostedNames(exchange.repository(), Names.FORMAT, after, PAGE);
            page.stream()
                    .filter(name -> words.stream()
                            .allMatch(
                                    word -> name.name().toLowerCase(Locale.ROOT).contains(word)))
                    .forEach(result::add);
            if (page.size() < PAGE) {
                break;
            }
            after = page.getLast().name();
        }
        PackageName exact = exact(exchange, words);
        if (exact != null && !result.contains(exact)) {
            result.addFirst(exact);
        }
        return result;
    }

    private static @Nullable PackageName exact(Exchange exchange, List<String> words) {
        if (words.size() != 1) {
            return null;
        }
        try {
            PackageName name = Names.parse(words.getFirst());
            Listed known = exchange.gate().indexFromMemory(exchange.visit(), exchange.repository(), name);
            return known != null ? name : null;
        } catch (IllegalArgumentException e) {
            return null; // what people type need not be a name
        }
    }

    private static List<String> words(@Nullable String text) {
        return Arrays.stream(Json.cut(text == null ? "" : text, MAX_TEXT)
                        .toLowerCase(Locale.ROOT)
                        .split("\\s+"))
                .filter(word -> !word.isEmpty() && word.indexOf(':') < 0) // qualifiers: maintainer:ann, keywords:x
                .toList();
    }

    private static int number(@Nullable String text, int otherwise, int max) {
        if (text == null || !text.matches("[0-9]{1,9}")) {
            return otherwise;
        }
        return Math.min(Integer.parseInt(text), max);
    }

    private static @Nullable JudgedRelease newest(Listed listed) {
        Packument packument = Packument.of(listed);
        String latest = packument.tags().get("latest");
        return latest == null ? null : packument.allowed(latest);
    }

    private static void write(PackageName name, Release release, ByteArrayOutputStream out) {
        Json.ObjectWriter object = new Json.ObjectWriter(out);
        Json.ObjectWriter entry = new Json.ObjectWriter(object.member("package"))
                .text("name", name.name())
                .text("scope", String.valueOf(Names.scope(name) == null ? "unscoped" : Names.scope(name)))
                .text("version", release.version())
                .text("description", release.summary())
                .raw("keywords", "[]")
                .raw("links", "{}")
                .raw("maintainers", "[]");
        release.published().toOptional().ifPresent(at -> entry.text("date", PackageDocument.text(at)));
        entry.close();
        object.raw("score", "{\"final\":1,\"detail\":{\"quality\":1,\"popularity\":1,\"maintenance\":1}}");
        object.raw("searchScore", "1");
        object.close();
    }
}
