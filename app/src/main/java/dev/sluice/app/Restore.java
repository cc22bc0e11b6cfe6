package dev.sluice.app;

import dev.sluice.storage.upkeep.Backup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice restore}: makes a data directory of a backup. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Make a data directory of a backup, every byte verified. It appears as a whole or not at all.",
            "The journal's index is built again at the first start."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  sluice restore /backups/sluice --data /var/lib/sluice", "  sluice doctor --data /var/lib/sluice"})
final class Restore implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SOURCE", description = "A directory that sluice backup made.")
    private Path source;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The data directory to make; must not exist or be empty.")
    private Path data;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        boolean shows = !json && UpkeepCommand.isTerminal();
        Consumer<String> progress = shows
                ? text -> {
                    err.printf("\r%s\u001b[K", text);
                    err.flush();
                }
                : text -> {};
        Backup.Manifest manifest = Backup.restore(source, data, progress);
        err.print(shows ? "\r\u001b[K" : "");
        err.flush();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Output.json(out, Upkeep.written(manifest).put("data", data.toString()));
        } else {
            out.printf(
                    "Restored the backup of %s into %s: %,d blobs (%s)%n",
                    manifest.takenAt(), data, manifest.blobs(), UpkeepCommand.bytes(manifest.blobBytes()));
            out.println("Check it:  sluice doctor --data " + data);
            out.flush();
        }
        return 0;
    }
}
