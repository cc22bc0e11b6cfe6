package dev.sluice.bench.rego;

import dev.sluice.bench.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** What a run says, told at once, and put between two marks of {@code docs/performance.md} in the end. */
final class Page {
    private static final String BEGIN = "<!-- rego -->\n";
    private static final String END = "<!-- /rego -->";

    private final StringBuilder text = new StringBuilder();

    /** Adds a line. */
    void line(String line) {
        text.append(line).append('\n');
        System.out.println(line);
    }

    /** The machine, its Java and how busy it is. */
    static String machine() throws IOException {
        return "Run on " + LocalDate.now(ZoneOffset.UTC) + ": "
                + Machine.processor() + ", Java "
                + System.getProperty("java.vm.version") + ", OPA " + Opa.VERSION + ", load average when it began "
                + Machine.load() + ".";
    }

    /** Puts all lines between the marks. */
    void write(Path page) throws IOException {
        String before = Files.readString(page);
        int begin = before.indexOf(BEGIN);
        int end = before.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(page + " has no " + BEGIN.strip() + " … " + END);
        }
        Files.writeString(page, before.substring(0, begin + BEGIN.length()) + text + before.substring(end));
    }
}
