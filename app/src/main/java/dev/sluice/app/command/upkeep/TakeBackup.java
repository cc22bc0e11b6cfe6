package dev.sluice.app.command.upkeep;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.upkeep.Backups;
import dev.sluice.storage.upkeep.BackedUp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice backup}: a consistent copy of everything, while the server runs. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = {
            "Copy everything into a directory, consistently and while the server runs: databases, journal, blobs.",
            "An earlier backup in the directory is brought up to date; only blobs it lacks are copied.",
            "With --verify it copies nothing: it reads a backup from end to end and says whether it can be restored.",
            "Exit code 0: done, or can be restored. 1: with --verify, something is damaged that cannot be fetched again.",
            "For the embedded database. With PostgreSQL and S3 use pg_dump and versioned buckets."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice backup /backups/sluice",
            "  sluice backup /backups/sluice --verify              can it be restored? reads all of it, needs no server",
            "  sluice backup /backups/sluice --json",
            "  sluice backup /var/lib/sluice-snapshot --link      hard links: quick, same disk"
        })
public final class TakeBackup extends UpkeepCommand {

    @Parameters(paramLabel = "TARGET", description = "A new or empty directory, or an earlier backup.")
    private Path target;

    @Option(
            names = "--link",
            description =
                    "Make blobs hard links where possible. Quick and small, but no protection against a lost disk.")
    private boolean link;

    @Option(names = "--verify", description = "Verify the backup in TARGET instead of making one.")
    private boolean verify;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (verify) {
            return verified();
        }
        ObjectNode body = Api.object()
                .put("target", target.toAbsolutePath().normalize().toString())
                .put("link", link);
        try (Api api = connect()) {
            JsonNode result = perform(api, "/api/upkeep/backup", body, json);
            PrintWriter out = out();
            if (json) {
                Output.json(out, result);
            } else {
                out.printf(
                        "Backup as of %s in %s: %,d blobs (%s), %,d of them new%n",
                        Output.text(result.path("taken_at")),
                        Output.text(result.path("target")),
                        result.path("blobs").asLong(),
                        Output.bytes(result.path("blob_bytes").asLong()),
                        result.path("copied").asLong());
                result.path("skipped")
                        .forEach(blob -> out.printf(
                                "Skipped blob %s: it could not be read, and is fetched again when somebody asks for it%n",
                                Output.text(blob)));
                out.println("It holds secrets of upstreams: keep it as private as the data directory.");
                out.flush();
            }
            return 0;
        }
    }

    private int verified() throws IOException {
        if (link) {
            throw new ConfigurationException("--verify makes no backup, so --link means nothing with it");
        }
        BackedUp.Report report = shown(err(), json, progress -> new BackedUp(target).verify(progress));
        boolean whole = report.faults().isEmpty();
        PrintWriter out = out();
        if (json) {
            ObjectNode result = Backups.written(report.manifest(), report.skipped())
                    .put("target", target.toString())
                    .put("restorable", whole)
                    .put("events", report.events());
            report.faults().forEach(result.putArray("faults")::add);
            Output.json(out, result);
        } else {
            report.faults().forEach(fault -> out.println("fault    " + fault));
            report.skipped().forEach(skipped -> out.println("skipped  " + skipped));
            out.printf(
                    Locale.ROOT,
                    "The backup of %s: %,d blobs (%s), %,d events%n",
                    report.manifest().takenAt(),
                    report.manifest().blobs(),
                    Output.bytes(report.manifest().blobBytes()),
                    report.events());
            out.println(
                    whole
                            ? "It can be restored" + (report.skipped().isEmpty() ? "" : ", without what is skipped")
                            : "It is not whole: " + report.faults().size()
                                    + " faults. Make another (sluice backup mends what the server still has), or use an earlier one");
            out.flush();
        }
        return whole ? 0 : 1;
    }
}
