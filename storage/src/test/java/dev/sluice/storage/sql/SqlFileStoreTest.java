package dev.sluice.storage.sql;

import dev.sluice.kernel.repository.FileStore;
import dev.sluice.testkit.contract.FileStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlFileStoreTest implements FileStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public FileStore store() {
        return database.get().files();
    }

    @Override
    public FileStore reopened() {
        return database.reopened().files();
    }
}
