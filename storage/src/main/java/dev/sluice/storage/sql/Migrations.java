package dev.sluice.storage.sql;

import dev.sluice.storage.StorageException;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

/** Brings the tables of one area to what this version knows. The scripts are the same for every database. */
final class Migrations {

    private static final String HISTORY = "flyway_schema_history";
    private static final Pattern SCRIPT = Pattern.compile("dev/sluice/storage/sql/([a-z]+)/V([0-9]+)__[a-z_]+\\.sql");
    private static final Map<String, Integer> NEWEST = newest();

    private Migrations() {}

    /**
     * Whether an area is at its newest version and nothing of it failed, so that {@link #run} would do nothing. Asking costs two
     * statements, where Flyway takes longer to start than everything else together.
     *
     * @param schema the schema the tables are in; null where there is only one
     */
    static boolean isCurrent(Connection connection, String area, @Nullable String schema) throws SQLException {
        try (ResultSet history = connection.getMetaData().getTables(null, schema, HISTORY, null)) {
            if (!history.next()) {
                return false;
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT version, success FROM "
                        + (schema == null ? "" : schema + ".") + HISTORY + " ORDER BY installed_rank DESC")) {
            boolean current =
                    rows.next() && String.valueOf(NEWEST.getOrDefault(area, 0)).equals(rows.getString(1));
            boolean whole = current && rows.getBoolean(2);
            while (whole && rows.next()) {
                whole = rows.getBoolean(2);
            }
            return whole;
        }
    }

    /** Whether an area was made by a newer version of the product, where there is but one schema. */
    static boolean isNewer(Connection connection, String area) throws SQLException {
        Integer newest = NEWEST.get(area);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT MAX(CAST(version AS INTEGER)) FROM " + HISTORY)) {
            return newest != null && row.next() && row.getInt(1) > newest;
        }
    }

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

    /** The version of each area's newest script, among those beside this class; empty where they cannot be listed. */
    private static Map<String, Integer> newest() {
        Map<String, Integer> newest = new HashMap<>();
        try {
            Path place = Path.of(Migrations.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (String entry : Files.isDirectory(place) ? files(place) : entries(place)) {
                Matcher script = SCRIPT.matcher(entry);
                if (script.matches()) {
                    newest.merge(script.group(1), Integer.valueOf(script.group(2)), Math::max);
                }
            }
            return newest;
        } catch (IOException | URISyntaxException | RuntimeException e) {
            return Map.of(); // then Flyway is asked every time
        }
    }

    private static List<String> files(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            return files.map(file -> place.relativize(file).toString().replace(File.separatorChar, '/'))
                    .toList();
        }
    }

    private static List<String> entries(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().map(ZipEntry::getName).toList();
        }
    }
}
