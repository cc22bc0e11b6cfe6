package dev.sluice.storage.sql;

import dev.sluice.storage.StorageException;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

/** Brings the tables of one area to what this version knows. The scripts are the same for every database. */
final class Migrations {
    private Migrations() {}

    /**
     * Migrates; does nothing when nothing is to be done.
     *
     * @param area folder of the scripts below this package, for example {@code stores}
     * @param types what the database calls the types {@code bytes} and {@code rowid}
     * @param schema the schema to put the tables into, made when it is not there; null where there is only one
     * @throws StorageException when a newer version of the product has migrated already
     */
    static void run(DataSource source, String area, Map<String, String> types, @Nullable String schema) {
        FluentConfiguration configuration = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:dev/sluice/storage/sql/" + area)
                .placeholders(types)
                .loggers("slf4j");
        if (schema != null) {
            configuration.schemas(schema).defaultSchema(schema);
        }
        Flyway flyway = configuration.load();
        MigrationInfoService known = flyway.info();
        if (Arrays.stream(known.applied()).anyMatch(Migrations::isUnknown)) {
            throw new StorageException(
                    "its tables (" + area
                            + ") were made by a newer version of Sluice: run that version, or restore a backup"
                            + " from before it",
                    null);
        }
        if (known.pending().length > 0) {
            flyway.migrate();
        }
    }

    private static boolean isUnknown(MigrationInfo migration) {
        return migration.getState().name().startsWith("FUTURE");
    }
}
