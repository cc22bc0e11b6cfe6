package dev.sluice.storage.sql;

import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.testkit.contract.RepositoryStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlRepositoryStoreTest implements RepositoryStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public RepositoryStore store() {
        return database.get().repositories();
    }

    @Override
    public RepositoryStore reopened() {
        return database.reopened().repositories();
    }
}
