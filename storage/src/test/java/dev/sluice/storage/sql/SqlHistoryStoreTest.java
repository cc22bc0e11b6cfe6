package dev.sluice.storage.sql;

import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.testkit.contract.HistoryStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlHistoryStoreTest implements HistoryStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public HistoryStore store() {
        return database.get().history();
    }

    @Override
    public HistoryStore reopened() {
        return database.reopened().history();
    }
}
