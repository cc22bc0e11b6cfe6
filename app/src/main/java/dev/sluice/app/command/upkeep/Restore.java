package dev.sluice.app.command.upkeep;

import dev.sluice.app.command.Output;
import dev.sluice.app.upkeep.Backups;
import dev.sluice.app.wiring.PrivateFiles;
import dev.sluice.storage.upkeep.BackedUp;
import dev.sluice.storage.upkeep.Backup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
            "What is damaged and can be fetched again is skipped and named.",
            "The journal's index is built again at the first start."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  sluice restore /backups/sluice --data /var/lib/sluice", "  sluice doctor --data /var/lib/sluice"})
public final class Restore implements Callable<Integer> {

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
        PrivateFiles.restrictNewFiles(); // as serve and doctor want them: nobody else's
        BackedUp.Restored restored = UpkeepCommand.shown(
                spec.commandLine().getErr(), json, progress -> new BackedUp(source).restore(data, progress));
        Backup.Manifest manifest = restored.manifest();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Output.json(out, Backups.written(manifest, restored.skipped()).put("data", data.toString()));
        } else {
            out.printf(
                    "Restored the backup of %s into %s: %,d blobs (%s)%n",
                    manifest.takenAt(), data, manifest.blobs(), Output.bytes(manifest.blobBytes()));
            restored.skipped().forEach(skipped -> out.println("Skipped: " + skipped));
            out.println("Check it:  sluice doctor --data " + data);
            out.flush();
        }
        return 0;
    }
}
