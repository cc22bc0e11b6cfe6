package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Quotas;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.contract.AdvisoryStoreContract;
import dev.sluice.testkit.contract.DocumentStoreContract;
import dev.sluice.testkit.contract.FileStoreContract;
import dev.sluice.testkit.contract.HistoryStoreContract;
import dev.sluice.testkit.contract.HostedStoreContract;
import dev.sluice.testkit.contract.InventoryContract;
import dev.sluice.testkit.contract.PolicyStoreContract;
import dev.sluice.testkit.contract.QuotasContract;
import dev.sluice.testkit.contract.RepositoryStoreContract;
import dev.sluice.testkit.contract.TokenStoreContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of every store, on one kind of database. */
abstract class SqlStores {
    @RegisterExtension
    final OpenDatabase database;

    SqlStores(OpenDatabase database) {
        this.database = database;
    }

    @Nested
    class Advisories implements AdvisoryStoreContract {
        @Override
        public AdvisoryStore store() {
            return database.get().advisories();
        }

        @Override
        public AdvisoryStore reopened() {
            return database.reopened().advisories();
        }

        @Test
        void what_a_version_took_for_whole_by_itself_is_whole_no_more_after_the_upgrade() {
            store().syncs()
                    .save(SyncState.fresh("osv/PyPI", "https://mirror.example/")
                            .changed(Samples.INSTANT, Samples.INSTANT, null, null, null, 7));
            try (AdvisoryStore.Import run = store().begin()) {
                run.feed(new FeedState("osv/npm", 9, Samples.INSTANT, null));
                run.feed(new FeedState("osv/pypi", 7, Samples.INSTANT, null));
                run.commit();
            }
            database.get().close();
            database.advisories(since("4"), "ALTER TABLE feed DROP COLUMN lack", "DROP TABLE advisories_installation");

            assertThat(reopened().feeds())
                    .extracting(FeedState::name, FeedState::isWhole)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("osv/npm", false),
                            org.assertj.core.groups.Tuple.tuple("osv/pypi", true));
        }

        @Test
        void what_an_older_version_synced_is_known_as_a_whole_after_the_upgrade_and_what_it_imported_is_not() {
            store().syncs()
                    .save(SyncState.fresh("osv/PyPI", "https://mirror.example/")
                            .changed(Samples.INSTANT, Samples.INSTANT.plusSeconds(9), null, null, null, 7));
            store().syncs().save(SyncState.fresh("osv/npm", "https://mirror.example/"));
            try (AdvisoryStore.Import run = store().begin()) {
                run.feed(new FeedState("osv", 9, Samples.INSTANT, null));
                run.commit();
            }
            database.get().close();
            database.advisories(since("3"), "ALTER TABLE feed DROP COLUMN lack", "DROP TABLE advisories_installation");

            assertThat(reopened().feeds())
                    .containsExactly(
                            new FeedState("osv", 9, Samples.INSTANT, null),
                            new FeedState("osv/pypi", 7, Samples.INSTANT.plusSeconds(9), null));
        }

        /** That migration and those after it were not made yet. */
        private static String since(String version) {
            return "DELETE FROM flyway_schema_history WHERE installed_rank >="
                    + " (SELECT installed_rank FROM flyway_schema_history WHERE version = '" + version + "')";
        }
    }

    @Nested
    class Documents implements DocumentStoreContract {
        @Override
        public DocumentStore store() {
            return database.get().documents();
        }

        @Override
        public DocumentStore reopened() {
            return database.reopened().documents();
        }
    }

    @Nested
    class Files implements FileStoreContract {
        @Override
        public FileStore store() {
            return database.get().files();
        }

        @Override
        public FileStore reopened() {
            return database.reopened().files();
        }
    }

    @Nested
    class Histories implements HistoryStoreContract {
        @Override
        public HistoryStore store() {
            return database.get().history();
        }

        @Override
        public HistoryStore reopened() {
            return database.reopened().history();
        }
    }

    @Nested
    class Hosted implements HostedStoreContract {
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

    @Nested
    class Inventories implements InventoryContract {
        @Override
        public Inventory inventory() {
            return database.get().inventory();
        }

        @Override
        public FileStore files() {
            return database.get().files();
        }

        @Override
        public DocumentStore documents() {
            return database.get().documents();
        }

        @Override
        public HostedStore hosted() {
            return database.get().hosted();
        }

        @Override
        public RepositoryStore repositories() {
            return database.get().repositories();
        }
    }

    @Nested
    class Policies implements PolicyStoreContract {
        @Override
        public PolicyStore store() {
            return database.get().policies();
        }

        @Override
        public PolicyStore reopened() {
            return database.reopened().policies();
        }
    }

    @Nested
    class RepositoryQuotas implements QuotasContract {
        @Override
        public Quotas quotas() {
            return database.get().quotas();
        }

        @Override
        public FileStore files() {
            return database.get().files();
        }

        @Override
        public HostedStore hosted() {
            return database.get().hosted();
        }
    }

    @Nested
    class Repositories implements RepositoryStoreContract {
        @Override
        public RepositoryStore store() {
            return database.get().repositories();
        }

        @Override
        public RepositoryStore reopened() {
            return database.reopened().repositories();
        }
    }

    @Nested
    class Tokens implements TokenStoreContract {
        @Override
        public TokenStore store() {
            return database.get().tokens();
        }

        @Override
        public TokenStore reopened() {
            return database.reopened().tokens();
        }
    }
}
