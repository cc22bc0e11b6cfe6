package dev.sluice.app.command.upkeep;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.upkeep.Checkup;
import dev.sluice.app.wiring.Home;
import dev.sluice.app.wiring.Installation;
import dev.sluice.storage.DamagedException;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.journal.JournalCorruptException;
import dev.sluice.storage.upkeep.Examination;
import dev.sluice.storage.upkeep.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice doctor}: whether what is kept is whole, with a server running or without. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Check that everything is there and fits together: bytes, what is known of them, and the journal.",
            "Asks the running server, or opens the data directory when none runs.",
            "Exit code 0: sound. 1: something acknowledged is missing or damaged. 2: it could not be checked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice doctor",
            "  sluice doctor --deep        also read every file and compute its digest again",
            "  sluice doctor --repair      forget fetched files whose bytes are gone, so that they are fetched again;",
            "                              with the server stopped also build the journal's index again",
            "  sluice doctor --json"
        })
public final class Doctor extends UpkeepCommand {

    @Option(names = "--deep", description = "Read every blob and compute its SHA-256 again.")
    private boolean deep;

    @Option(names = "--repair", description = "Repair what is safe to repair; tell the rest.")
    private boolean repair;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private int shown;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode result;
        try {
            result = examined();
        } catch (IOException | StorageException | ConfigurationException e) {
            err().println("sluice: could not check: " + e.getMessage());
            return 2;
        }
        PrintWriter out = out();
        if (json) {
            Output.json(out, result);
        } else {
            print(out, result);
        }
        return exitCode(result);
    }

    /** What could not be checked says nothing of what is kept: a fault that was found says more. */
    static int exitCode(JsonNode result) {
        if (result.path("faults").asLong() == 0 && result.path("unchecked").asLong() > 0) {
            return 2;
        }
        return result.path("sound").asBoolean(false) ? 0 : 1;
    }

    private JsonNode examined() throws IOException, InterruptedException {
        Configuration configuration = options().configuration();
        String url = System.getenv("SLUICE_URL");
        boolean runs =
                ControlFile.in(configuration.path(Setting.DATA)).running().isPresent();
        if (runs || (url != null && !url.isBlank())) {
            try (Api api = connect()) {
                ObjectNode body = Api.object().put("deep", deep).put("repair", repair);
                return perform(api, "/api/upkeep/doctor", body, json);
            }
        }
        Path data = configuration.path(Setting.DATA);
        if (!Home.isShared(configuration) && !Files.isDirectory(data.resolve("journal"))) {
            throw new IOException("no installation in '" + data + "'");
        }
        ObjectNode result = looked(configuration);
        if (repair && result.path("index_faults").asLong() > 0) {
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.deleteIfExists(data.resolve("journal").resolve("index.db" + suffix));
            }
            result = looked(configuration); // opening builds the index again
            Checkup.write(
                    result.withArray("/findings"),
                    new Finding(
                            Finding.Kind.REPAIRED,
                            Examination.INDEX,
                            "it was damaged or incomplete",
                            "built again from the log"));
            result.put("repaired", result.path("repaired").asLong() + 1);
        }
        return result;
    }

    /** What is so damaged that the installation cannot even be opened is a fault like any other. */
    private ObjectNode looked(Configuration configuration) throws IOException {
        try {
            return offline(configuration);
        } catch (DamagedException e) {
            return fault(new Finding(Finding.Kind.FAULT, e.part(), e.problem(), e.remedy()));
        } catch (JournalCorruptException e) {
            return fault(new Finding(
                    Finding.Kind.FAULT,
                    "journal",
                    String.valueOf(e.getMessage()),
                    "restore the journal from a backup (sluice restore)"));
        }
    }

    private static ObjectNode fault(Finding finding) {
        ObjectNode result = Api.object()
                .put("sound", false)
                .put("faults", 1)
                .put("repaired", 0)
                .put("notes", 0)
                .put("unchecked", 0)
                .put("index_faults", finding.subject().equals(Examination.INDEX) ? 1 : 0);
        Checkup.write(result.putArray("findings"), finding);
        return result;
    }

    private ObjectNode offline(Configuration configuration) throws IOException {
        try (Installation installation = Api.open(configuration)) {
            Consumer<String> progress = json || !Output.isTerminal() ? text -> {} : this::show;
            ObjectNode result = installation.checkup().run(deep, repair, progress);
            if (shown > 0) {
                err().print("\r\u001b[K");
                err().flush();
            }
            return result;
        }
    }

    private void show(String text) {
        if (shown++ % 20 == 0) {
            err().printf("\r%s\u001b[K", text);
            err().flush();
        }
    }

    static String verdict(JsonNode result) {
        long unchecked = result.path("unchecked").asLong();
        if (result.path("faults").asLong() > 0) {
            return "Not sound";
        }
        return unchecked > 0 ? "No fault found, but " + unchecked + " could not be checked" : "Sound";
    }

    private static void print(PrintWriter out, JsonNode result) {
        for (JsonNode finding : result.path("findings")) {
            out.println(Output.text(finding.path("kind")) + "  " + Output.text(finding.path("subject")));
            out.println("       " + Output.text(finding.path("problem")));
            out.println("       → " + Output.text(finding.path("remedy")));
        }
        long findings = result.path("faults").asLong()
                + result.path("notes").asLong()
                + result.path("unchecked").asLong()
                + result.path("repaired").asLong();
        long named = result.path("findings").size();
        if (findings > named) {
            out.printf("… and %,d more%n", findings - named);
        }
        for (Map.Entry<String, JsonNode> count : result.path("counts").properties()) {
            out.printf("%,14d  %s%n", count.getValue().asLong(), count.getKey());
        }
        JsonNode scrub = result.path("scrub");
        if (scrub.isMissingNode()) {
            out.println("Nothing else could be looked at: the installation cannot be opened");
        } else {
            out.println("Scrub of all blobs: last whole pass "
                    + (scrub.hasNonNull("last_ended") ? "ended " + Output.text(scrub.path("last_ended")) : "not yet")
                    + (scrub.hasNonNull("begun")
                            ? ", the one under way is at "
                                    + scrub.path("percent").asInt() + " %"
                            : ""));
        }
        out.printf(
                "%s: %,d faults, %,d repaired, %,d notes%n",
                verdict(result),
                result.path("faults").asLong(),
                result.path("repaired").asLong(),
                result.path("notes").asLong());
        out.flush();
    }
}
