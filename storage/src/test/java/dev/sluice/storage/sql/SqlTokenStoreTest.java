package dev.sluice.storage.sql;

import dev.sluice.kernel.access.TokenStore;
import dev.sluice.testkit.contract.TokenStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlTokenStoreTest implements TokenStoreContract {
    @RegisterExtension
    final OpenDatabase database = new OpenDatabase();

    @Override
    public TokenStore store() {
        return database.get().tokens();
    }

    @Override
    public TokenStore reopened() {
        return database.reopened().tokens();
    }
}
