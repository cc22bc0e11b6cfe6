package dev.sluice.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The checkout that the tests run in. */
public final class Checkout {

    public static final Path ROOT = root();

    private Checkout() {}

    private static Path root() {
        @Nullable Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.isRegularFile(here.resolve("sluice"))) {
            here = here.getParent();
        }
        if (here == null) {
            throw new IllegalStateException("these tests run in a checkout");
        }
        return here;
    }

    public static String text(String path) {
        return text(ROOT.resolve(path));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every page of documentation: those at the top and those below {@code docs}. */
    static List<Path> pages() {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(p -> p.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of the Markdown table between {@code <!-- name -->} and {@code <!-- /name -->}, without head and rule. */
    static List<List<String>> table(String page, String name) {
        String text = text(page);
        int from = text.indexOf("<!-- " + name + " -->");
        int to = text.indexOf("<!-- /" + name + " -->");
        if (from < 0 || to < from) {
            throw new IllegalStateException(page + " has no table '" + name + "'");
        }
        return text.substring(from, to)
                .lines()
                .filter(line -> line.startsWith("|"))
                .skip(2)
                .map(Checkout::cells)
                .toList();
    }

    private static List<String> cells(String line) {
        String inner = line.strip().substring(1, line.strip().length() - 1);
        return Stream.of(inner.split("\\|", -1)).map(String::strip).toList();
    }

    /** The contents of a page's fenced blocks of that language. */
    static List<String> blocks(Path page, String language) {
        List<String> blocks = new java.util.ArrayList<>();
        @Nullable StringBuilder block = null;
        for (String line : text(page).lines().toList()) {
            if (block == null && line.strip().equals("```" + language)) {
                block = new StringBuilder();
            } else if (block != null && line.strip().equals("```")) {
                blocks.add(block.toString());
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        return blocks;
    }
}
