package dev.sluice.storage.sql;

import dev.sluice.storage.StorageException;
import dev.sluice.storage.upkeep.Finding;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * The connections to one database, and what is done with them: reads, writes that are a transaction each, and long
 * transactions.
 *
 * <p>All of it throws {@link StorageException} when the database cannot do it. Thread-safe.
 */
interface Connections extends AutoCloseable {

    /** Something to do with a connection. A write may be run more than once when its first transaction came to nothing. */
    @FunctionalInterface
    interface Work<T> {
        T on(Session session) throws SQLException;
    }

    /** Something to do with a connection that yields nothing. */
    @FunctionalInterface
    interface Task {
        void on(Session session) throws SQLException;
    }

    /** Reads; every statement sees the last commit. */
    <T> T read(Work<T> work);

    /** Reads; all statements together see the same commit. */
    <T> T snapshot(Work<T> work);

    /** Writes, and returns when that is durable. What the work throws is thrown here, and nothing of it remains. */
    <T> T write(Work<T> work);

    /** Writes something that yields nothing. */
    default void run(Task task) {
        write(session -> {
            task.on(session);
            return Boolean.TRUE;
        });
    }

    /**
     * Begins a long transaction, which the caller commits or rolls back, then {@linkplain #end ends}. Whoever begins another
     * on the same thing meanwhile waits.
     *
     * @param what the thing it changes
     */
    Session begin(String what);

    /** Gives the connection of a long transaction back. */
    void end(Session session);

    /** Who uses it and who waits, now. */
    Database.Load load();

    /** Whether other processes change the database as well. */
    boolean isShared();

    /** Whether somebody waits to close the database: a long transaction should give up. */
    boolean isClosing();

    /** What the database itself finds damaged in its files, at most a hundred lines; empty when it is whole or not for us to read. */
    default List<String> damage() {
        return List.of();
    }

    /** The same, with what to do. */
    default List<Finding> findings() {
        return List.of();
    }

    /** Copies the database as of now into a new file. Throws StorageException when it is not kept in a file. */
    default void copyTo(Path file) {
        throw new StorageException("the database is not kept in a file of ours", null);
    }

    /** Lets what is under way finish, then closes every connection. */
    @Override
    void close();
}
