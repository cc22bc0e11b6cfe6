package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.feed.FeedEvents;
import dev.sluice.app.feed.FeedSyncs;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.upkeep.Checkup;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.server.Metrics;
import dev.sluice.server.operation.Readiness;
import dev.sluice.storage.sql.Database;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One installation, opened: its rooms, wired by hand.
 *
 * <p>This is the composition root: whoever wants to know what is made of what reads the constructor, and the class of a room for how
 * it is opened. Close it to let go of the data directory.
 */
public final class Installation implements AutoCloseable {

    /** The repository every installation begins with. */
    public static final String MAIN = "main";

    private final Opened opened = new Opened();
    private final Configuration configuration;
    private final Observing observing;
    private final Storage storage;
    private final List<Format> formats;
    private final Deciding deciding;
    private final Readiness readiness;
    private final Beginning beginning;
    private final @Nullable String newAdminToken;
    private final FeedSyncs feedSyncs;

    private Installation(Configuration configuration, InstantSource clock, Machine machine) throws IOException {
        this.configuration = configuration;
        try {
            this.observing = Observing.open(configuration, clock, opened);
            this.storage = new Storage(configuration, clock, observing, opened);
            this.formats = Formats.of(configuration);
            WayOut wayOut = new WayOut(configuration, machine, observing, opened);
            this.deciding = new Deciding(configuration, storage, formats, wayOut.client(), observing);
            this.readiness = Serving.readiness(storage, wayOut, observing);
            gate().hosting().recordUntold();
            this.beginning = new Beginning(configuration, storage, policies(), formats);
            this.newAdminToken = beginning.token(machine);
            ConfiguredUpstreams.apply(configuration, formats, database().repositories());
            deciding.begin(configuration, database(), opened);
            this.feedSyncs = opened.add(new FeedSyncs(
                    configuration,
                    database().advisories(),
                    wayOut.client(),
                    database().leases(),
                    feedEvents()));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens an installation, making it first when the data directory is empty.
     *
     * @throws ConfigurationException when the configuration cannot be followed
     * @throws IOException when something cannot be opened
     */
    public static Installation open(Configuration configuration, InstantSource clock, Machine machine)
            throws IOException {
        return new Installation(configuration, clock, machine);
    }

    /** How it is configured. */
    public Configuration configuration() {
        return configuration;
    }

    /** Its time. */
    public InstantSource clock() {
        return storage.clock();
    }

    /** The stores of everything but blobs and the journal. */
    public Database database() {
        return storage.database();
    }

    /** The bytes of artifacts. */
    public BlobStore blobs() {
        return storage.blobs();
    }

    /** The record of everything. */
    public Journal journal() {
        return storage.journal();
    }

    /** What decides. */
    public Policies policies() {
        return deciding.policies();
    }

    /** What is known of vulnerabilities. */
    public AdvisoryIndex advisories() {
        return deciding.advisories();
    }

    /** The formats that are served, in the order in which people see them. */
    public List<Format> formats() {
        return formats;
    }

    /** The one door to artifacts. */
    public Gate gate() {
        return deciding.gate();
    }

    /** Whether requests should come here. */
    public Readiness readiness() {
        return readiness;
    }

    /** Syncs of feeds. */
    public FeedSyncs feedSyncs() {
        return feedSyncs;
    }

    /** Examines it. */
    public Checkup checkup() {
        return new Checkup(storage.examination(), storage.scrub(), database()::damage);
    }

    /** The administrator's token if nobody was shown it yet, else null; {@link #tokenShown} forgets it. */
    public @Nullable String newAdminToken() {
        return newAdminToken;
    }

    /** The administrator was shown the token: from now on it is nowhere in clear. */
    public void tokenShown() throws IOException {
        beginning.tokenShown();
    }

    /** What to tell about upstreams found or not found when the installation was made, one line each. */
    public List<String> findings() {
        return beginning.findings();
    }

    /** Figures of what runs. */
    public Metrics metrics() {
        return observing.metrics();
    }

    /** Makes identifiers. */
    public Ulid ids() {
        return storage.ids();
    }

    Storage storage() {
        return storage;
    }

    Observing observing() {
        return observing;
    }

    /** Where it is recorded what became of feeds. */
    FeedEvents feedEvents() {
        return new FeedEvents(storage.journal(), storage.clock(), storage.ids());
    }

    /** Lets go of everything, in reverse order. */
    @Override
    public void close() throws IOException {
        opened.close();
    }
}
