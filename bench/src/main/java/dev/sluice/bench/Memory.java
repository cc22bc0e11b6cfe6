package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How much memory is resident under 300 connections that download 40 KB each, beside Verdaccio doing the same. */
final class Memory implements Part {

    private static final int CONNECTIONS = 300;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        NpmPackage npm = NpmPackage.ofSize("hosted-small", Downloads.SMALL);
        Load load = new Load(CONNECTIONS, options.warmup() + options.seconds() * options.rounds(), Map.of());
        try (Registry sluice = Registry.start(
                        "Sluice", folder.resolve("s1"), Downloads.path(npm), Downloads.QUIET, Downloads.NO_UPSTREAM);
                Child verdaccio = Peers.verdaccio(folder.resolve("v"), "http://127.0.0.1:9/")) {
            sluice.publish(npm);
            String address = verdaccio.target().replace("/-/ping", "/");
            Http.put(address + npm.name(), npm.submission(), Map.of());
            Child peer = verdaccio.at(address + npm.name() + "/-/" + npm.name() + "-1.0.0.tgz");
            Load.Result theirs = load.run(peer.target(), folder);
            long other = peak(peer);
            Load.Result ours = load.run(sluice.target(), folder);
            long own = peak(sluice);
            if (ours.refused() + theirs.refused() > 0) {
                throw new IOException("requests were refused");
            }
            report.add(
                    "most memory resident at 300 connections",
                    own / 1_000_000 + " MB at " + Math.round(ours.perSecond()) + "/s",
                    peer.name(),
                    other / 1_000_000 + " MB at " + Math.round(theirs.perSecond()) + "/s",
                    String.format(Locale.ROOT, "%.2f", (double) own / other),
                    "< 400 MB");
        }
    }

    /** The most that was resident so far. */
    static long peak(Server server) throws IOException {
        List<String> status =
                Files.readAllLines(Path.of("/proc/" + server.process().pid() + "/status"));
        for (String line : status) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IOException("the kernel does not tell how much memory was resident");
    }
}
