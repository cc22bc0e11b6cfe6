package dev.sluice.storage.sql;

import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.testkit.contract.PolicyStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlPolicyStoreTest implements PolicyStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public PolicyStore store() {
        return database.get().policies();
    }

    @Override
    public PolicyStore reopened() {
        return database.reopened().policies();
    }
}
