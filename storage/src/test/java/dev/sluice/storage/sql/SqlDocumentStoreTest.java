package dev.sluice.storage.sql;

import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.testkit.contract.DocumentStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlDocumentStoreTest implements DocumentStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public DocumentStore store() {
        return database.get().documents();
    }

    @Override
    public DocumentStore reopened() {
        return database.reopened().documents();
    }
}
