package dev.sluice.app.command.upkeep;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ConfigurationOptions;
import dev.sluice.app.command.Output;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.wiring.Home;
import dev.sluice.app.wiring.Migration;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.blob.Damages;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice migrate}: moves an installation to another database, another place for blobs, or both. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Copy an installation to another database, another place for blobs, or both, and verify the copy.",
            "The server must be stopped. The source is what --data, --database and --blobs say, and stays as it is.",
            "Interrupted and run again, it goes on where it was. The target must be empty or its own unfinished copy."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice migrate --dry-run --to-database postgres://sluice:secret@db.example/sluice",
            "  sluice migrate --to-database postgres://sluice:secret@db.example/sluice --to-blobs s3://packages/sluice",
            "  sluice migrate --to-blobs 's3://packages/sluice?endpoint=https://storage.example&region=eu-central-1'",
            "  sluice migrate --data /var/lib/sluice --to-database sqlite:/srv/sluice --to-blobs /srv/sluice/blobs"
        })
public final class Migrate implements Callable<Integer> {
    private static final String SQLITE = "sqlite:";
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(1);

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions options;

    @Option(
            names = "--to-database",
            paramLabel = "URL",
            description = "Where database and journal go: postgres://…, or sqlite:DIR, then served with --data DIR.")
    private @Nullable String toDatabase;

    @Option(names = "--to-blobs", paramLabel = "DIR|s3://…", description = "Where blobs go.")
    private @Nullable String toBlobs;

    @Option(names = "--dry-run", description = "Say what would be copied; the target is not touched.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private long lastLine = System.nanoTime() - LINE_NANOS;

    @Override
    public Integer call() throws Exception {
        if (toDatabase == null && toBlobs == null) {
            throw new ConfigurationException("say where to: --to-database URL, --to-blobs URL, or both");
        }
        Configuration source = options.configuration();
        Path data = source.path(Setting.DATA);
        if (!Files.isDirectory(data)) {
            throw new ConfigurationException("there is no installation in " + data + "; --data names its directory");
        }
        ControlFile.in(data).running().ifPresent(running -> {
            throw new StorageException(
                    "the server of " + data + " runs (process " + running.pid() + "); stop it first", null);
        });
        try {
            // Opened even when only blobs go: its lock keeps a server from starting meanwhile.
            Home home = opened(Home.open(source, data));
            Migration.Side from = new Migration.Side(
                    name(source, data), toDatabase == null ? null : home, toBlobs == null ? null : blobs(source, data));
            if (dryRun) {
                print(Migration.look(from));
                return 0;
            }
            print(Migration.run(from, target(source, data), this::progress));
            return 0;
        } finally {
            while (!opened.isEmpty()) {
                opened.pop().close();
            }
        }
    }

    private Migration.Side target(Configuration source, Path data) throws IOException {
        Map<String, @Nullable String> places = new HashMap<>();
        places.put(Setting.DATABASE.key(), toDatabase);
        places.put(Setting.BLOBS.key(), toBlobs);
        Configuration target = options.configuration(places);
        String database = toDatabase;
        Path targetData =
                database != null && database.startsWith(SQLITE) ? Path.of(database.substring(SQLITE.length())) : data;
        String name = name(target, targetData);
        if (database != null && name.equals(name(source, data))) {
            throw new ConfigurationException("--to-database is where the installation is already");
        }
        if (toBlobs != null
                && toBlobs.equals(
                        source.find(Setting.BLOBS).orElse(data.resolve("blobs").toString()))) {
            throw new ConfigurationException("--to-blobs is where the blobs are already");
        }
        return new Migration.Side(
                name,
                database == null ? null : opened(Home.open(target, targetData)),
                toBlobs == null ? null : blobs(target, targetData));
    }

    private BlobStore blobs(Configuration configuration, Path data) throws IOException {
        BlobStore blobs = Home.blobs(configuration, data, InstantSource.system(), Damages.logged());
        if (blobs instanceof AutoCloseable closeable) {
            opened(closeable);
        }
        return blobs;
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    /** Names the database without its password. */
    private static String name(Configuration configuration, Path data) {
        boolean embedded = configuration
                .find(Setting.DATABASE)
                .filter(url -> !url.startsWith(SQLITE))
                .isEmpty();
        Configuration.Value shown = configuration.shown().get(Setting.DATABASE.key());
        return embedded || shown == null ? SQLITE + data.toAbsolutePath().normalize() : shown.value();
    }

    /** At most a line a second. */
    private synchronized void progress(String what, long done) {
        long now = System.nanoTime();
        if (now - lastLine >= LINE_NANOS) {
            lastLine = now;
            PrintWriter err = spec.commandLine().getErr();
            err.printf(Locale.ROOT, "%s: %,d%n", what, done);
            err.flush();
        }
    }

    private void print(Migration.Report report) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode result = Api.JSON.createObjectNode().put("dry_run", dryRun);
            ObjectNode tables = result.putObject("tables");
            report.tables().forEach(tables::put);
            result.put("events", report.events()).put("blobs", report.blobs()).put("bytes", report.bytes());
            Output.json(out, result);
            return;
        }
        out.printf(
                Locale.ROOT,
                "%s: %,d rows of %d tables, %,d events, %,d blobs of %,d bytes%n",
                dryRun ? "To copy" : "Copied and verified",
                report.rows(),
                report.tables().size(),
                report.events(),
                report.blobs(),
                report.bytes());
        if (!dryRun) {
            out.println("The source is unchanged. Serve the copy:  sluice serve"
                    + (toDatabase == null ? "" : " --database URL")
                    + (toBlobs == null ? "" : " --blobs URL") + "   with what was given here");
        }
        out.flush();
    }
}
