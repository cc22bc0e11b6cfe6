package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.machine.Found;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.sql.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first start of an installation: what it begins with, and whether its administrator was told. */
final class Beginning {

    private final Configuration configuration;
    private final InstantSource clock;
    private final Database database;
    private final Policies policies;
    private final List<Format> formats;
    private final List<String> findings = new ArrayList<>();

    Beginning(Configuration configuration, Storage storage, Policies policies, List<Format> formats) {
        this.configuration = configuration;
        this.clock = storage.clock();
        this.database = storage.database();
        this.policies = policies;
        this.formats = formats;
    }

    /** Makes the installation unless it was made before; the administrator's token if nobody was shown it yet, else null. */
    @Nullable
    String token(Machine machine) throws IOException {
        String made = database.repositories().list().isEmpty() ? beginOnce(machine) : null;
        return made == null ? unshownToken().orElse(null) : made;
    }

    /** What to tell about upstreams found or not found, one line each. */
    List<String> findings() {
        return List.copyOf(findings);
    }

    /** Of nodes that start at once on an empty database, one makes the installation. */
    private @Nullable String beginOnce(Machine machine) {
        try (Leases.Lease lease = database.leases()
                .take("installation", configuration.duration(Setting.PATIENCE))
                .orElseThrow(() -> new StorageException("another node is making the installation; try again", null))) {
            database.nodes().catchUp().toCompletableFuture().join();
            return database.repositories().list().isEmpty() ? begin(machine) : null;
        }
    }

    /** The administrator's token when nobody was shown it yet: the start that made it ended before it could. */
    private Optional<String> unshownToken() throws IOException {
        Path file = unshown();
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readNBytes(1024), StandardCharsets.UTF_8).strip());
        }
    }

    private Path unshown() {
        return configuration.path(Setting.DATA).resolve("administrator-token.unshown");
    }

    /** The administrator was shown the token: from now on it is nowhere in clear. */
    void tokenShown() throws IOException {
        Files.deleteIfExists(unshown());
    }

    /** Makes what a new installation begins with; returns the administrator's token. */
    private String begin(Machine machine) {
        List<Upstream> upstreams = new ArrayList<>();
        for (Format format : formats) {
            if (!configuration.upstream(format.id()).isEmpty()) {
                continue; // configured ones are put in place at every start
            }
            Optional<Found> found = machine.upstream(format.id());
            String otherwise =
                    ": only what is published here is served; set one with --upstream " + format.id() + "=URL";
            if (found.isEmpty()) {
                findings.add("no upstream is known for " + format.ecosystem() + otherwise);
            } else if (isHere(found.get().url())) {
                findings.add("this machine's own configuration for " + format.ecosystem() + " ("
                        + found.get().origin() + ") points here" + otherwise);
            } else {
                upstreams.add(new Upstream(
                        format.id(),
                        format.id(),
                        found.get().url(),
                        100,
                        Upstream.Trust.TRUSTED,
                        found.get().credentials()));
                findings.add(format.ecosystem() + " packages come from the upstream that this machine uses ("
                        + found.get().origin() + ")");
            }
        }
        if (database.policies().list().isEmpty()) {
            StarterPolicies.createIn(policies);
        }
        TokenSecrets.Issued issued =
                TokenSecrets.issue("administrator", "admin", Role.ADMINISTRATOR, List.of(), clock.instant(), null);
        database.tokens().add(issued.token());
        try {
            ControlFile.writePrivate(unshown(), issued.text() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // last: its presence says that the installation is complete
        database.repositories().save(new Repository(Installation.MAIN, true, upstreams, List.of()));
        return issued.text();
    }

    /** Whether an address is our own: whoever followed our set-up lines before must not make us ask ourselves. */
    private boolean isHere(URI url) {
        String port = String.valueOf(
                url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80);
        return configuration
                        .find(Setting.PUBLIC_URL)
                        .filter(own -> url.toString().startsWith(own))
                        .isPresent()
                || (port.equals(configuration.get(Setting.PORT)) && isLocal(String.valueOf(url.getHost())));
    }

    private static boolean isLocal(String host) {
        return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.startsWith("127.");
    }
}
