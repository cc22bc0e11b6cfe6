package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.control.ControlToken;
import dev.sluice.app.upkeep.Checkup;
import dev.sluice.app.upkeep.Upkeep;
import dev.sluice.kernel.access.Grants;
import dev.sluice.server.FrontDoor;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Readiness;
import dev.sluice.storage.sql.Database;
import java.util.List;
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
                                observing.metrics()::journalFailure, storage.journal(), storage.clock(), storage.ids()),
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

    /** What stands behind the front door. */
    static FrontDoor.Rooms rooms(Installation installation, ControlToken tokens, List<Operation> operations) {
        return new FrontDoor.Rooms(
                new FrontDoor.Packages(
                        installation.gate(),
                        installation.formats(),
                        installation.database().repositories()),
                new FrontDoor.Visitors(
                        tokens,
                        new Grants(DoorSettings.anonymousReads(installation.configuration())),
                        installation.journal()),
                installation.database().nodes(),
                new FrontDoor.Observers(
                        installation.metrics(), installation.observing().tracing(), installation.readiness()),
                operations);
    }
}
