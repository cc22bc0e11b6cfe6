package dev.sluice.app.command.serve;

import dev.sluice.app.command.ConfigurationOptions;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.config.Version;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.logging.Logging;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Setup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice serve}: runs the registry until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Run the registry. An empty data directory is set up on the first start.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice serve",
            "  sluice serve --data /var/lib/sluice --bind 0.0.0.0 --port 8480",
            "  sluice serve --upstream npm=https://mirror.example/npm/ --upstream pypi=none",
            "  sluice serve --port 0 --ready-file ready.json     (scripts: wait for the file, read the address)"
        })
public final class Serve implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(Serve.class);

    private static final int MAX_FINDINGS = 8;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions options;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "Address to listen on (default: 127.0.0.1).")
    private @Nullable String bind;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on; 0 takes any free one (default: 8480).")
    private @Nullable String port;

    @Option(
            names = "--upstream",
            paramLabel = "FORMAT=URL",
            description =
                    "Upstream of a format: npm, pypi (the simple index), maven; URL 'none' for none. Default: what this"
                            + " machine's own clients use. Repeatable.")
    private Map<String, String> upstreams = new TreeMap<>();

    @Option(
            names = "--policies",
            paramLabel = "DIR",
            description = "Directory of policy files (*.rego), watched while running.")
    private @Nullable String policies;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write {address, adminToken, pid} there once requests are answered.")
    private @Nullable String readyFile;

    @Option(
            names = "--accept-new",
            paramLabel = "PART,…",
            description =
                    "Parts that are lost and may begin anew, or another installation's and are taken: sluice.db, advisories.db,"
                            + " journal, blobs.")
    private @Nullable String acceptNew;

    @Option(
            names = "--check",
            description = "Only read options and configuration: exit code 2 when one is not known or cannot be read.")
    private boolean check;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, @Nullable String> flags = new LinkedHashMap<>();
        flags.put(Setting.BIND.key(), bind);
        flags.put(Setting.PORT.key(), port);
        flags.put(Setting.POLICIES.key(), policies);
        flags.put(Setting.READY_FILE.key(), readyFile);
        flags.put(Setting.ACCEPT_NEW.key(), acceptNew);
        upstreams.forEach((format, url) -> flags.put("upstreams." + format + ".url", url));
        Configuration configuration = options.configuration(flags);
        int wantedPort = configuration.number(Setting.PORT, 0, 65535);
        if (check) {
            return 0;
        }
        try (Logging logging = Logging.configure(configuration)) {
            return serve(configuration, wantedPort, logging);
        }
    }

    private int serve(Configuration configuration, int wantedPort, Logging logging)
            throws IOException, InterruptedException {
        Installation installation = Installation.open(configuration, InstantSource.system(), Machine.here());
        RunningServer server = RunningServer.start(installation, configuration.get(Setting.BIND), wantedPort);
        CountDownLatch stop = stopOnSignal(server, logging);
        server.schedule();
        greet(installation, server);
        if (configuration.find(Setting.READY_FILE).isPresent()) {
            String token = installation.newAdminToken() == null ? server.controlToken() : installation.newAdminToken();
            new ControlFile(Path.of(configuration.get(Setting.READY_FILE))).write(server.reachedBy(token));
        }
        installation.tokenShown();
        stop.await();
        server.close();
        return 0;
    }

    /** Opens at the first SIGTERM or Ctrl-C; the second ends the process at once. SIGHUP reads the certificate again. */
    private static CountDownLatch stopOnSignal(RunningServer server, Logging logging) {
        CountDownLatch stop = new CountDownLatch(1);
        for (String signal : List.of("TERM", "INT")) {
            int status = signal.equals("TERM") ? 143 : 130;
            Signals.on(signal, () -> {
                if (stop.getCount() == 0) {
                    // Nothing acknowledged is lost: the next start finds what a crash would have left.
                    Runtime.getRuntime().halt(status);
                }
                LOG.info("stopping; once more stops at once");
                stop.countDown();
            });
        }
        if (server.isEncrypted()) {
            Signals.on("HUP", server::renewCertificate);
        }
        // Any other end of the process: HUP without a certificate, a machine whose signals we do not hear.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            try {
                server.close();
            } catch (IOException e) {
                LOG.error("stopping was not clean", e);
            } finally {
                logging.close();
            }
        }));
        return stop;
    }

    /** At most 25 lines, ended by what is copied first: the token, and a command per format. */
    private void greet(Installation installation, RunningServer server) {
        PrintWriter out = spec.commandLine().getOut();
        String address = server.address();
        out.println("Sluice " + Version.TEXT + " answers at " + address);
        out.println("  Ctrl-C stops it.");
        installation.findings().stream().limit(MAX_FINDINGS).forEach(finding -> out.println("  " + finding));
        if (installation.findings().size() > MAX_FINDINGS) {
            out.println("  … and " + (installation.findings().size() - MAX_FINDINGS) + " more: sluice repository list");
        }
        List<String> unknown = installation.formats().stream()
                .filter(format ->
                        !installation.advisories().coverage(format.id()).isKnown())
                .map(Format::ecosystem)
                .toList();
        if (!unknown.isEmpty()) {
            out.println(
                    "  The advisories of " + String.join(", ", unknown) + " are not known as a whole: there, versions");
            out.println("  that no record names are unknown, not clean. "
                    + (installation.feedSyncs().isConfigured()
                            ? "What is being fetched: ./sluice feeds status"
                            : "Import all: ./sluice feeds import npm/all.zip --covers npm (docs/feeds.md)"));
        }
        if (installation.newAdminToken() != null) {
            out.println();
            out.println("  Administrator token, shown this once (it is stored hashed):");
            out.println("    " + installation.newAdminToken());
        }
        out.println();
        out.println("  Point a client here, each way of each client: ./sluice setup");
        for (Format format : installation.formats()) {
            Setup first = format.setups(address + "/" + format.id() + "/" + Installation.MAIN + "/")
                    .getFirst();
            out.println("    " + (first.command().isEmpty() ? "./sluice setup " + first.client() : first.command()));
        }
        out.flush();
    }
}
