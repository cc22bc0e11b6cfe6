package dev.sluice.storage.sql;

class SqliteStoresTest extends SqlStores {
    SqliteStoresTest() {
        super(OpenDatabase.sqlite());
    }
}
