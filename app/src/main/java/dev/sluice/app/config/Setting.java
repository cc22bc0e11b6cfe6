package dev.sluice.app.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be configured.
 *
 * @param key dotted name in the YAML file and in {@code sluice config}, for example {@code server.port}
 * @param environment name of its environment variable, for example {@code SLUICE_PORT}
 * @param otherwise its default, or null when it has none
 * @param secret whether its value is masked when shown
 * @param help one line for people
 */
public record Setting(
        String key, String environment, @Nullable String otherwise, boolean secret, String help) {

    /** Where everything is kept. */
    public static final Setting DATA = of("data", "SLUICE_DATA", "data", "directory that keeps everything");
    /** The address to listen on. */
    public static final Setting BIND = of("bind", "SLUICE_BIND", "127.0.0.1", "address to listen on");
    /** The port to listen on. */
    public static final Setting PORT = of("port", "SLUICE_PORT", "8480", "port to listen on; 0 takes any free one");
    /** Which database. */
    public static final Setting DATABASE = new Setting(
            "database", "SLUICE_DATABASE", null, true, "database URL; default: SQLite in the data directory");
    /** Where blobs are kept. */
    public static final Setting BLOBS =
            of("blobs", "SLUICE_BLOBS", null, "directory for blobs; default: blobs/ in the data directory");
    /** Written once requests are answered. */
    public static final Setting READY_FILE = of(
            "ready-file",
            "SLUICE_READY_FILE",
            null,
            "JSON file {address, adminToken, pid} written once requests are answered");
    /** The address people use, when it differs from the one listened on. */
    public static final Setting PUBLIC_URL = of(
            "public-url",
            "SLUICE_PUBLIC_URL",
            null,
            "address clients use, when a proxy stands in front; default: the request's Host");
    /** Whether reading needs a token. */
    public static final Setting ANONYMOUS_READS = of(
            "anonymous-reads",
            "SLUICE_ANONYMOUS_READS",
            null,
            "true or false; default: true on a loopback bind, else false");
    /** The name of the installation. */
    public static final Setting WORKSPACE = of("workspace", "SLUICE_WORKSPACE", "main", "name of the installation");
    /** A directory of policies. */
    public static final Setting POLICIES =
            of("policies", "SLUICE_POLICIES", null, "directory of policy files (*.rego), watched while running");
    /** How long an upstream's index is current. */
    public static final Setting FRESHNESS = of(
            "upstream.freshness",
            "SLUICE_UPSTREAM_FRESHNESS",
            "PT5M",
            "how long an upstream's index counts as current (ISO 8601)");
    /** Hosts inside that upstreams may point to. */
    public static final Setting ALLOWED_HOSTS = of(
            "upstream.allowed-hosts",
            "SLUICE_UPSTREAM_ALLOWED_HOSTS",
            "",
            "hosts inside (private, loopback) that indexes and redirects may point to, comma-separated");
    /** Certificates to trust. */
    public static final Setting CA_FILE =
            of("upstream.ca-file", "SLUICE_UPSTREAM_CA_FILE", null, "PEM file of further certificate authorities");
    /** The longest artifact. */
    public static final Setting MAX_ARTIFACT =
            of("limits.artifact", "SLUICE_LIMITS_ARTIFACT", "10g", "longest artifact accepted (k, m, g)");
    /** The longest index. */
    public static final Setting MAX_INDEX =
            of("limits.index", "SLUICE_LIMITS_INDEX", "100m", "longest index accepted from an upstream (k, m, g)");
    /** Memory for indexes. */
    public static final Setting INDEX_MEMORY =
            of("limits.index-memory", "SLUICE_LIMITS_INDEX_MEMORY", "256m", "memory for parsed indexes (k, m, g)");
    /** How chatty the log is. */
    public static final Setting LOG_LEVEL = of("log.level", "SLUICE_LOG_LEVEL", "info", "error, warn, info or debug");
    /** How the log looks. */
    public static final Setting LOG_FORMAT = of("log.format", "SLUICE_LOG_FORMAT", "text", "text or json");
    /** Whether every request is logged. */
    public static final Setting LOG_ACCESS = of(
            "log.access",
            "SLUICE_LOG_ACCESS",
            "true",
            "true or false: one line per request; the journal keeps what matters either way");
    /** What becomes of withheld files on PyPI pages. */
    public static final Setting PYPI_WITHHELD = of(
            "pypi.withheld",
            "SLUICE_PYPI_WITHHELD",
            "drop",
            "drop or yank: what becomes of withheld files on PyPI pages");

    /** Every setting, in the order they are shown. Upstreams are listed beside them: {@code upstreams.npm.url} and so on. */
    public static final List<Setting> ALL = List.of(
            DATA,
            BIND,
            PORT,
            PUBLIC_URL,
            DATABASE,
            BLOBS,
            READY_FILE,
            ANONYMOUS_READS,
            WORKSPACE,
            POLICIES,
            FRESHNESS,
            ALLOWED_HOSTS,
            CA_FILE,
            MAX_ARTIFACT,
            MAX_INDEX,
            INDEX_MEMORY,
            PYPI_WITHHELD,
            LOG_LEVEL,
            LOG_FORMAT,
            LOG_ACCESS);

    private static Setting of(String key, String environment, @Nullable String otherwise, String help) {
        return new Setting(key, environment, otherwise, false, help);
    }
}
