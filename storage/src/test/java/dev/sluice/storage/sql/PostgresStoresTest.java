package dev.sluice.storage.sql;

class PostgresStoresTest extends SqlStores {
    PostgresStoresTest() {
        super(OpenDatabase.postgres());
    }
}
