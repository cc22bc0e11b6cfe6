package dev.sluice.app.command;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which installation is meant and how it behaves; every command that needs one has them. */
public final class ConfigurationOptions {

    @Option(names = "--data", paramLabel = "DIR", description = "Directory that keeps everything (default: ./data).")
    private @Nullable String data;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file of settings (default: sluice.yaml if there is one).")
    private @Nullable Path config;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "postgres://user@host/database, the password in SLUICE_DATABASE (default: SQLite in the data directory).")
    private @Nullable String database;

    @Option(
            names = "--blobs",
            paramLabel = "DIR|s3://…",
            description = "Directory or S3 bucket for blobs (default: blobs/ in the data directory).")
    private @Nullable String blobs;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting by its key, for example --set upstream.freshness=PT1M. Repeatable.")
    private Map<String, String> settings = new TreeMap<>();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "PEM file of a certificate authority to trust in the server that SLUICE_URL names (default:"
                    + " SLUICE_CA, and what the system trusts).")
    private @Nullable Path authority;

    /** PEM files of certificate authorities to trust in a server elsewhere, beside those of the system. */
    public List<Path> authorities() {
        String named = System.getenv("SLUICE_CA");
        Path file = authority != null ? authority : named == null || named.isBlank() ? null : Path.of(named);
        if (file != null && !Files.isReadable(file)) {
            throw new ConfigurationException("certificate authority " + file + " cannot be read");
        }
        return file == null ? List.of() : List.of(file);
    }

    /** The effective configuration, with more flags from the command. Throws {@link ConfigurationException}. */
    public Configuration configuration(Map<String, @Nullable String> more) {
        Map<String, String> flags = new LinkedHashMap<>();
        put(flags, Setting.DATA.key(), data);
        put(flags, Setting.DATABASE.key(), database);
        put(flags, Setting.BLOBS.key(), blobs);
        flags.putAll(settings);
        more.forEach((key, value) -> put(flags, key, value));
        return Configuration.of(flags, System.getenv(), file());
    }

    /** The effective configuration. Throws {@link ConfigurationException}. */
    public Configuration configuration() {
        return configuration(Map.of());
    }

    private @Nullable Path file() {
        if (config != null) {
            if (!Files.isReadable(config)) {
                throw new ConfigurationException("configuration file " + config + " cannot be read");
            }
            return config;
        }
        String named = System.getenv("SLUICE_CONFIG");
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        Path usual = Path.of("sluice.yaml");
        return Files.isReadable(usual) ? usual : null;
    }

    private static void put(Map<String, String> flags, String key, @Nullable String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }
}
