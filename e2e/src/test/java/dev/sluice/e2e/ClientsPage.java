package dev.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What was seen of the clients, and {@code docs/clients.md}, which must say the same.
 *
 * <p>Each client has a row in the page's table and a section with what it printed. A client whose every behaviour was seen in this
 * run is compared with the page; with {@code -Dsluice.docs.write=true} the page is written anew for it instead.
 */
final class ClientsPage {

    /** The columns of the table. */
    enum Behaviour {
        NEWEST("newest allowed"),
        PIN("withheld pin: refused, shows"),
        LOCK("withheld lock: refused, shows"),
        PUBLISH("publish"),
        PRIVATE("private, by token"),
        WARM("cache emptied, upstream down"),
        COOL_DOWN("own cool-down"),
        RENAMED("lock, repository renamed"),
        BLENDED("lock, other upstreams");

        private final String heading;

        Behaviour(String heading) {
            this.heading = heading;
        }
    }

    /** A cell of what a client has no way to do. */
    static final String NOTHING = "–";

    private static final Pattern TELLING = Pattern.compile(
            "error|blocked|polic|forbidden|no match|not find|no candidates|no version|there is no|not present|unable|403",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NOISE = Pattern.compile(
            "^\\s+at |\\.log\\b|Traceback|^\\[(INFO|WARNING)]|^\\[ERROR]\\s*$|Re-run Maven|"
                    + "^\\[ERROR] (To see|For more|\\[Help)|you or one of your|a package version that|on a server you|^Progress|^Packages|"
                    + "^[+.]+$|\\b0:0\\d:\\d\\d\\b|^Resolved, |up to date|irtualenv|Using CPython|python\\.use_venv|requires a python|Using version|YN0000|^info |"
                    + "_authToken|registry=|^WARNING: (A restricted|A terminally|Please consider|Restricted|Use --enable|java\\.lang|sun\\.misc)|authorization header was used|authorization settings were found");
    /** A status, which is not part of a longer word, number or name. */
    private static final Pattern STATUS = Pattern.compile("(?<![\\w.:@/-])403(?!\\w|[.:/-]\\w)|E403|FETCH_403");

    private static final int LINES = 9;
    private static final int LINE = 420;

    private record Refusal(String command, String output) {}

    private final Path file = SetupPage.docs().resolve("clients.md");
    private final List<String> order;
    private final Map<String, Map<Behaviour, String>> cells = new LinkedHashMap<>();
    private final Map<String, List<Refusal>> refusals = new LinkedHashMap<>();

    /** The order of all rows of the page, those of other test classes too. */
    ClientsPage() {
        List<String> titles = new ArrayList<>(
                Stream.of(MatrixClient.values()).map(MatrixClient::title).toList());
        Stream.of(Maven.values()).map(Maven::title).forEach(titles::add);
        order = List.copyOf(titles);
    }

    /** Notes that a client does something, or how. */
    void saw(String client, Behaviour behaviour, String how) {
        cells.computeIfAbsent(client, c -> new EnumMap<>(Behaviour.class)).put(behaviour, how);
    }

    /** Notes what a client printed when it was refused; what it shows of the refusal becomes the cell. */
    void refused(String client, Behaviour behaviour, String command, Path home, Path project, Sluice sluice, Run run) {
        // a port, a directory or a time may have the digits of a status
        String clean = run.output()
                .replaceAll("\u001B\\[[0-9;?]*[A-Za-z]", "")
                .replace(project.toString(), "~/project")
                .replace(home.toString(), "~")
                .replace(sluice.authority(), "127.0.0.1:8480")
                .replaceAll("/why/[0-9A-Z]{26}", "/why/…")
                .replaceAll("\\b\\d+(\\.\\d+)?\\s?(ms|s)\\b", "…");
        saw(client, behaviour, shown(clean));
        refusals.computeIfAbsent(client, c -> new ArrayList<>()).add(new Refusal(command.strip(), shortened(clean)));
    }

    /** What of a refusal a text shows. */
    private static String shown(String output) {
        // a client may break its lines anywhere
        String text = output.replaceAll("[\\s│]+", " ");
        List<String> parts = new ArrayList<>();
        if (text.contains("policy No ")) {
            parts.add("policy");
        }
        if (text.contains("is not wanted")) {
            parts.add("reason");
        }
        if (text.contains("Nearest allowed version")) {
            parts.add("nearest version");
        }
        if (text.contains("/why/")) {
            parts.add("why address");
        }
        if (parts.isEmpty()) {
            return STATUS.matcher(text).find() ? "status 403 only" : "that there is no such version";
        }
        return String.join(", ", parts);
    }

    /** The lines that tell something, without what differs between two runs. */
    private static String shortened(String clean) {
        List<String> lines = clean.lines()
                .map(String::stripTrailing)
                .filter(line -> !line.isBlank() && !NOISE.matcher(line).find())
                .map(line -> line.length() > LINE ? line.substring(0, LINE) + "…" : line)
                .distinct()
                .toList();
        if (lines.size() > 2 * LINES) {
            lines = lines.stream().filter(TELLING.asPredicate()).toList();
        }
        return String.join("\n", lines.subList(0, Math.min(LINES, lines.size())));
    }

    /** Compares what was seen with the page, or writes it. Fails when they differ. */
    void check() throws IOException {
        boolean write = Boolean.getBoolean("sluice.docs.write");
        Map<String, String> rows = new TreeMap<>();
        Map<String, String> sections = new TreeMap<>();
        String head = parse(rows, sections);
        List<String> different = new ArrayList<>();
        for (String client : cells.keySet()) {
            if (cells.getOrDefault(client, Map.of()).size() < Behaviour.values().length) {
                continue; // some of its tests were skipped, failed or not run
            }
            if (!write && !rows.containsKey(client)) {
                continue; // the page does not list it yet
            }
            different.addAll(difference(client, rows.put(client, row(client)), row(client)));
            different.addAll(difference(client, sections.put(client, section(client)), section(client)));
        }
        if (write) {
            StringBuilder page = new StringBuilder(head);
            page.append("| client |");
            Stream.of(Behaviour.values())
                    .forEach(b -> page.append(' ').append(b.heading).append(" |"));
            page.append("\n|---|")
                    .append("---|".repeat(Behaviour.values().length))
                    .append('\n');
            order.stream().filter(rows::containsKey).forEach(client -> page.append(rows.get(client)));
            page.append("\n## What they print when they are refused\n");
            order.stream()
                    .filter(sections::containsKey)
                    .filter(client -> !sections.getOrDefault(client, "").isEmpty())
                    .forEach(client ->
                            page.append("\n### ").append(client).append("\n\n").append(sections.get(client)));
            Files.writeString(file, page.toString());
        } else if (!different.isEmpty()) {
            throw new AssertionError(
                    "docs/clients.md does not say what was seen; look at the differences, then write it anew with"
                            + " -Dsluice.docs.write=true\n" + String.join("\n", different));
        }
    }

    private static List<String> difference(String client, String said, String seen) {
        return seen.equals(said == null ? "" : said)
                ? List.of()
                : List.of("--- " + client + ", as the page says it", String.valueOf(said), "+++ as it was seen", seen);
    }

    private String row(String client) {
        StringBuilder row = new StringBuilder("| " + client + " |");
        cells.getOrDefault(client, Map.of())
                .values()
                .forEach(cell -> row.append(' ').append(cell).append(" |"));
        return row.append('\n').toString();
    }

    private String section(String client) {
        StringBuilder section = new StringBuilder();
        for (Refusal refusal : refusals.getOrDefault(client, List.of())) {
            section.append(section.isEmpty() ? "" : "\n")
                    .append("```text\n$ ")
                    .append(refusal.command())
                    .append('\n')
                    .append(refusal.output())
                    .append("\n```\n");
        }
        return section.toString();
    }

    /** Takes the page apart; gives what stands before the table. */
    private String parse(Map<String, String> rows, Map<String, String> sections) {
        try {
            String text = Files.readString(file);
            int table = text.indexOf("| client |");
            if (table < 0) {
                return text;
            }
            int outputs = text.indexOf("\n## What they print");
            text.substring(table, outputs)
                    .lines()
                    .skip(2)
                    .filter(l -> l.startsWith("| "))
                    .forEach(line -> rows.put(line.substring(2, line.indexOf(" |")), line + "\n"));
            for (String part : text.substring(outputs).split("\n### ")) {
                int end = part.indexOf("\n\n");
                if (end > 0 && order.contains(part.substring(0, end))) {
                    sections.put(part.substring(0, end), part.substring(end + 2).stripTrailing() + "\n");
                }
            }
            order.forEach(client -> {
                if (rows.containsKey(client)) {
                    sections.putIfAbsent(client, "");
                }
            });
            return text.substring(0, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
