package dev.sluice.storage.sql;

import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.testkit.contract.HostedStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlHostedStoreTest implements HostedStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public HostedStore store() {
        return database.get().hosted();
    }

    @Override
    public FileStore files() {
        return database.get().files();
    }

    @Override
    public HostedStore reopened() {
        return database.reopened().hosted();
    }
}
