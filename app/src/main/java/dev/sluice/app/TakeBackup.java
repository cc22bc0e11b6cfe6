package dev.sluice.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
            "For the embedded database. With PostgreSQL and S3 use pg_dump and versioned buckets."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice backup /backups/sluice",
            "  sluice backup /backups/sluice --json",
            "  sluice backup /var/lib/sluice-snapshot --link      hard links: quick, same disk"
        })
final class TakeBackup extends UpkeepCommand {

    @Parameters(paramLabel = "TARGET", description = "A new or empty directory, or an earlier backup.")
    private Path target;

    @Option(
            names = "--link",
            description =
                    "Make blobs hard links where possible. Quick and small, but no protection against a lost disk.")
    private boolean link;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
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
                        bytes(result.path("blob_bytes").asLong()),
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
}
