package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.control.ControlToken;
import dev.sluice.app.upkeep.Checkup;
import dev.sluice.app.upkeep.Quota;
import dev.sluice.app.upkeep.Upkeep;
import dev.sluice.server.Readiness;
import dev.sluice.storage.sql.Database;
import java.util.Map;

/** What the front door needs of the other rooms. */
final class Serving {

    private Serving() {}

    /** Whether requests should come here: everything that must work does. */
    static Readiness readiness(Storage storage, WayOut wayOut, Observing observing) {
        Database database = storage.database();
        return new Readiness(
                Map.of(
                        "journal",
                        Writes.journal(
                                observing.metrics()::journalFailure,
                                storage.journal(),
                                storage.clock(),
                                storage.ids()),
                        "blobs",
                        Writes.blobs(storage.blobs()::writeFailure, storage.blobs()),
                        "database",
                        () -> database.files().find("", "", ""),
                        "upstream client",
                        wayOut::mustBeAlive),
                storage.clock());
    }

    /** What looks after the running installation. */
    static Upkeep upkeep(Configuration configuration, Storage storage, Checkup checkup, ControlToken tokens) {
        return new Upkeep(
                configuration,
                new Upkeep.Means(
                        storage.garbage(),
                        checkup,
                        storage.backup(),
                        storage.journal(),
                        storage.database().leases(),
                        storage.ids()),
                tokens,
                storage.clock());
    }

    /** What repositories hold and may hold. */
    static Quota quota(Storage storage, Observing observing) {
        return new Quota(
                storage.database().repositories(),
                storage.database().quotas(),
                observing.metrics(),
                storage.journal(),
                storage.clock(),
                storage.ids());
    }
}
