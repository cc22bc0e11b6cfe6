package dev.sluice.storage.sql;

import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Quotas;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.storage.KeyHolder;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.upkeep.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Every store that is not a blob or the journal: embedded, in two SQLite files of one directory, or in PostgreSQL.
 *
 * <p>Embedded, {@code sluice.db} holds what was configured, published and fetched; {@code advisories.db} what feeds say, apart,
 * so that the long transaction of an import holds up nobody. One process opens a directory at a time. Thread-safe; all stores
 * are usable until {@link #close}, and throw {@link StorageException} afterwards.
 */
public final class Database implements AutoCloseable {
    /**
     * Who uses a database, and who waits for it.
     *
     * @param used connections in use
     * @param idle connections open and not in use
     * @param waiting reads and writes that wait for a connection
     */
    public record Load(long used, long idle, long waiting) {}

    private final Connections stores;
    private final Connections feeds;
    private final SqlRepositoryStore repositories;
    private final TokenStore tokens;
    private final PolicyStore policies;
    private final HostedStore hosted;
    private final FileStore files;
    private final DocumentStore documents;
    private final HistoryStore history;
    private final AdvisoryStore advisories;
    private final Inventory inventory;
    private final Quotas quotas;
    private final Nodes nodes;
    private final Leases leases;
    private final Runnable last;

    private Database(
            Connections stores,
            Connections feeds,
            Revisions revisions,
            Revisions ofFeeds,
            Nodes nodes,
            Leases leases,
            Runnable last) {
        this.stores = stores;
        this.feeds = feeds;
        this.nodes = nodes;
        this.leases = leases;
        this.last = last;
        this.repositories = new SqlRepositoryStore(stores, revisions);
        this.tokens = new SqlTokenStore(stores, revisions);
        this.policies = new SqlPolicyStore(stores, revisions);
        this.hosted = new SqlHostedStore(stores, revisions);
        this.files = new SqlFileStore(stores);
        this.documents = new SqlDocumentStore(stores);
        this.history = new SqlHistoryStore(stores, revisions);
        this.advisories = new SqlAdvisoryStore(feeds, ofFeeds);
        this.inventory = new SqlInventory(stores);
        this.quotas = new SqlQuotas(stores);
    }

    /** Opens the database in that directory, creating and migrating it as needed. Throws StorageException saying why not. */
    public static Database open(Path directory) {
        Connections stores = Sqlite.open(directory.resolve("sluice.db"), "stores", Sqlite.Durability.FULL);
        try {
            Connections feeds = Sqlite.open(directory.resolve("advisories.db"), "advisories", Sqlite.Durability.FULL);
            return new Database(
                    stores, feeds, new Revisions(stores), new Revisions(feeds), Nodes.ALONE, Leases.ALONE, () -> {});
        } catch (StorageException e) {
            stores.close();
            throw e;
        }
    }

    /**
     * Copies SQLite's own code for this machine out of its jar into the folder. A process that is started with that folder as {@code
     * org.sqlite.lib.path} need not do so again. Nothing where the jar has none for this machine.
     */
    public static void copyNativeCode(Path folder) throws IOException {
        String name = LibraryLoaderUtil.getNativeLibName();
        try (InputStream code = LibraryLoaderUtil.class.getResourceAsStream(
                LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
            if (code != null) {
                Files.createDirectories(folder);
                Files.copy(code, folder.resolve(name));
            }
        }
    }

    /** The stores in PostgreSQL. Closing them closes that, too. */
    public static Database in(Postgres postgres) {
        Connections pool = postgres.connections();
        Revisions revisions = new Revisions(pool);
        CatchUp nodes = new CatchUp(postgres, revisions, postgres.limits().patience());
        TableLeases leases = new TableLeases(pool, TableLeases.STANDARD_TIME, System::nanoTime);
        return new Database(pool, pool, revisions, revisions, nodes, leases, () -> {
            nodes.close();
            leases.close();
        });
    }

    /**
     * Seals secrets of upstreams with that key from now on, and those that are stored as they are at once; how many those were. To
     * be called before anybody reads repositories. Throws StorageException when there is a key that cannot be read.
     */
    public int sealWith(KeyHolder keys) {
        return repositories.sealWith(keys);
    }

    /** Forgets credentials of upstreams that the key cannot open, because it is lost; how many. */
    public int forgetSealed() {
        return repositories.forgetSealed();
    }

    /** Who uses each database and who waits for it, by its name: stores, and advisories where that is another one. */
    public Map<String, Load> load() {
        return stores.isShared()
                ? Map.of("stores", stores.load())
                : Map.of("stores", stores.load(), "advisories", feeds.load());
    }

    /** The connections to what was configured, published and fetched. */
    Connections storesArea() {
        return stores;
    }

    /** The connections to what feeds say; the same in PostgreSQL. */
    Connections feedsArea() {
        return feeds;
    }

    /** Where the database says which installation it belongs to. */
    public SqlMark mark() {
        return new SqlMark(stores, SqlMark.STORES);
    }

    /** Where what feeds say, which embedded is a file of its own, says so. */
    public SqlMark advisoriesMark() {
        return new SqlMark(feeds, SqlMark.ADVISORIES);
    }

    /** Where repositories are kept. */
    public RepositoryStore repositories() {
        return repositories;
    }

    /** Where tokens are kept. */
    public TokenStore tokens() {
        return tokens;
    }

    /** Where policies are kept. */
    public PolicyStore policies() {
        return policies;
    }

    /** Where published packages are kept. */
    public HostedStore hosted() {
        return hosted;
    }

    /** What is known of kept files. */
    public FileStore files() {
        return files;
    }

    /** What upstreams answered. */
    public DocumentStore documents() {
        return documents;
    }

    /** What was learnt of versions. */
    public HistoryStore history() {
        return history;
    }

    /** Where advisories and exploitation data are kept. */
    public AdvisoryStore advisories() {
        return advisories;
    }

    /** The nodes that share this database: one process at a time opens an embedded one. */
    public Nodes nodes() {
        return nodes;
    }

    /** Turns that the nodes which share this database take. */
    public Leases leases() {
        return leases;
    }

    /** How much repositories hold and may hold. */
    public Quotas quotas() {
        return quotas;
    }

    /** Everything that is kept, for those who look after it. */
    public Inventory inventory() {
        return inventory;
    }

    /** What the databases themselves say is damaged in their files; empty when nothing is. Reads all of them. */
    public List<Finding> damage() {
        List<Finding> damage = new ArrayList<>();
        damage.addAll(stores.findings());
        if (feeds != stores) {
            damage.addAll(feeds.findings());
        }
        return damage;
    }

    /**
     * Copies the databases, each as of one instant, into new files {@code sluice.db} and {@code advisories.db} of the directory.
     * Throws StorageException when they are not kept in files.
     */
    public void copyTo(Path directory) {
        stores.copyTo(directory.resolve("sluice.db"));
        feeds.copyTo(directory.resolve("advisories.db"));
    }

    /** Finishes what is being written and closes every connection. An import under way must be closed first. */
    @Override
    public void close() {
        last.run();
        try {
            stores.close();
        } finally {
            feeds.close();
        }
    }
}
