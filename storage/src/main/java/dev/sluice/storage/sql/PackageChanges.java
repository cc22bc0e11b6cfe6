package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.PackageName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Which packages changed, so that every node forgets just those. Where nodes share the database each change is written down in
 * its transaction, under the number of a revision; else memory alone is told. Thread-safe.
 */
final class PackageChanges {
    private static final int MOST = 1_000;

    private final String name;
    private final boolean shared;
    private final Consumer<PackageName> onChange;
    private final Runnable onTooMany;

    /** Every change up to this number has been told. */
    private final AtomicLong told;

    PackageChanges(String name, long committed, boolean shared, Consumer<PackageName> onChange, Runnable onTooMany) {
        this.name = name;
        this.told = new AtomicLong(committed);
        this.shared = shared;
        this.onChange = onChange;
        this.onTooMany = onTooMany;
    }

    /** Notes a change within the transaction that makes it, as its last statement. */
    void note(Session session, PackageName packageName) throws SQLException {
        if (!shared) {
            session.afterCommit(() -> onChange.accept(packageName));
            return;
        }
        long number = Revision.bump(session, name);
        PreparedStatement statement = session.prepared(
                "INSERT INTO package_change (name, format, package_name, number)"
                        + " VALUES (?, ?, ?, ?) ON CONFLICT (name, format, package_name) DO UPDATE SET number = excluded.number");
        statement.setString(1, name);
        statement.setString(2, packageName.format());
        statement.setString(3, packageName.name());
        statement.setLong(4, number);
        statement.executeUpdate();
        session.afterCommit(() -> {
            onChange.accept(packageName);
            told.compareAndSet(number - 1, number); // else others came before, and are still to be told
        });
    }

    /** Tells what other nodes changed up to that number. */
    void learn(Session session, long committed) throws SQLException {
        long from = told.get();
        if (committed <= from) {
            return;
        }
        List<PackageName> changed = new ArrayList<>();
        PreparedStatement statement = session.prepared(
                "SELECT format, package_name FROM package_change WHERE name = ? AND number > ? LIMIT ?");
        statement.setString(1, name);
        statement.setLong(2, from);
        statement.setInt(3, MOST + 1);
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                changed.add(new PackageName(rows.getString(1), rows.getString(2)));
            }
        }
        if (changed.size() > MOST) {
            onTooMany.run();
        } else {
            changed.forEach(onChange);
        }
        told.accumulateAndGet(committed, Math::max);
    }
}
