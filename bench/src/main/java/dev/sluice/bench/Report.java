package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one table: what was measured, beside whom, and what was wanted. It stands in {@code docs/performance.md} between two marks;
 * lines of parts that did not run this time stay.
 */
final class Report {

    private static final String BEGIN = "<!-- bench -->";
    private static final String END = "<!-- /bench -->";
    private static final String HEADER = """
            | part | what | Sluice | beside | its figure | ratio | goal |
            |---|---|---|---|---|---|---|
            """;

    private final Map<String, List<String>> lines = new LinkedHashMap<>();
    private final String machine;
    private String part = "";

    Report() throws IOException {
        this.machine = machine();
    }

    /** Lines added from now on belong to that part. */
    void begin(String name) {
        part = name;
        lines.put(name, new ArrayList<>());
    }

    /** One line; cells that do not apply are empty. */
    void add(String what, String sluice, String peer, String figure, String ratio, String goal) {
        String line = "| " + String.join(" | ", "`" + part + "`", what, sluice, peer, figure, ratio, goal) + " |";
        lines.computeIfAbsent(part, p -> new ArrayList<>()).add(line);
        System.out.println(line);
    }

    /** A part that ended early; what it found before stays. */
    void failed(Exception e) {
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        add("failed: " + (why.length() > 160 ? why.substring(0, 160) : why).replace("|", "/"), "", "", "", "", "");
    }

    /** The table of this run. */
    String table() {
        StringBuilder text = new StringBuilder(HEADER);
        lines.values().forEach(each -> each.forEach(line -> text.append(line).append('\n')));
        return text + "\n" + machine + "\n";
    }

    /** Puts the lines into the page, in the order of the parts. */
    void write(Path page, List<String> order) throws IOException {
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(page + " has no " + BEGIN + " … " + END);
        }
        Map<String, List<String>> all = new LinkedHashMap<>();
        order.forEach(name -> all.put(name, new ArrayList<>()));
        text.substring(begin, end).lines().filter(l -> l.startsWith("| `")).forEach(line -> {
            String name = line.substring(3, line.indexOf('`', 3));
            if (!lines.containsKey(name)) {
                all.computeIfAbsent(name, n -> new ArrayList<>()).add(line);
            }
        });
        all.putAll(lines);
        StringBuilder table = new StringBuilder(BEGIN + "\n" + HEADER);
        order.forEach(name -> all.getOrDefault(name, List.of())
                .forEach(line -> table.append(line).append('\n')));
        table.append('\n').append(machine).append('\n');
        Files.writeString(page, text.substring(0, begin) + table + text.substring(end));
    }

    private static String machine() throws IOException {
        return "Last run " + LocalDate.now(ZoneOffset.UTC) + ": "
                + Machine.processor() + ", Linux "
                + System.getProperty("os.version") + ", Java " + System.getProperty("java.vm.version")
                + ", load average when it began " + Machine.load() + ".";
    }
}
