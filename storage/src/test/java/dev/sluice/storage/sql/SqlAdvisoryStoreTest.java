package dev.sluice.storage.sql;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.testkit.contract.AdvisoryStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlAdvisoryStoreTest implements AdvisoryStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public AdvisoryStore store() {
        return database.get().advisories();
    }

    @Override
    public AdvisoryStore reopened() {
        return database.reopened().advisories();
    }
}
