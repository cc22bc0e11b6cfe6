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
            "database",
            "SLUICE_DATABASE",
            null,
            true,
            "postgres://user:password@host:port/database, or sqlite:DIRECTORY; default: SQLite in the data directory");
    /** Where blobs are kept. */
    public static final Setting BLOBS = of(
            "blobs",
            "SLUICE_BLOBS",
            null,
            "directory for blobs, or s3://BUCKET/PREFIX?endpoint=URL&region=REGION&path-style=true; default: blobs/ in the"
                    + " data directory");
    /** How much of S3 is kept on this machine. */
    public static final Setting BLOBS_CACHE = of(
            "blobs.cache", "SLUICE_BLOBS_CACHE", "10g", "with S3: disk for copies of blobs in blob-cache/ (k, m, g)");
    /** How much may be on its way to S3. */
    public static final Setting BLOBS_SPOOL = of(
            "blobs.spool",
            "SLUICE_BLOBS_SPOOL",
            "20g",
            "with S3: disk for uploads on their way to it, together (k, m, g)");
    /** Who we are in S3. */
    public static final Setting S3_ACCESS_KEY = new Setting(
            "s3.access-key",
            "SLUICE_S3_ACCESS_KEY",
            null,
            true,
            "access key for S3; default: the AWS environment variables, profile, or the instance's role");
    /** Its secret. */
    public static final Setting S3_SECRET_KEY =
            new Setting("s3.secret-key", "SLUICE_S3_SECRET_KEY", null, true, "secret of that access key");
    /** How patient to be with S3. */
    public static final Setting S3_TIMEOUT =
            of("s3.timeout", "SLUICE_S3_TIMEOUT", "PT30S", "how long S3 may be silent (ISO 8601)");
    /** How often to try. */
    public static final Setting S3_ATTEMPTS =
            of("s3.attempts", "SLUICE_S3_ATTEMPTS", "3", "how often a request to S3 is tried, 1 to 10");
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
            "true or false; default: only for clients on this machine that use no proxy");
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
    /** How long an upstream's "there is none" is believed. */
    public static final Setting ABSENCE = of(
            "upstream.absence",
            "SLUICE_UPSTREAM_ABSENCE",
            "PT1M",
            "how long it is believed that an upstream does not have something (ISO 8601)");
    /** How long an upstream that failed is left alone. */
    public static final Setting OUTAGE = of(
            "upstream.outage",
            "SLUICE_UPSTREAM_OUTAGE",
            "PT10S",
            "how long an upstream that failed is left alone, unless it says for how long itself (ISO 8601)");
    /** Hosts inside that upstreams may point to. */
    public static final Setting ALLOWED_HOSTS = of(
            "upstream.allowed-hosts",
            "SLUICE_UPSTREAM_ALLOWED_HOSTS",
            "",
            "hosts inside (private, loopback) that indexes and redirects may point to, comma-separated");
    /** How long to wait for a connection to an upstream. */
    public static final Setting UPSTREAM_CONNECT = of(
            "upstream.connect-timeout",
            "SLUICE_UPSTREAM_CONNECT_TIMEOUT",
            "PT10S",
            "how long to wait for a connection to an upstream or feed");
    /** How long to wait for an upstream's answer to begin. */
    public static final Setting UPSTREAM_ANSWER = of(
            "upstream.answer-timeout",
            "SLUICE_UPSTREAM_ANSWER_TIMEOUT",
            "PT1M",
            "how long to wait for the head of an upstream's answer");
    /** How long an upstream may be silent within an answer. */
    public static final Setting UPSTREAM_STALL = of(
            "upstream.stall-timeout",
            "SLUICE_UPSTREAM_STALL_TIMEOUT",
            "PT30S",
            "how long to wait for the next bytes of an answer; after that time in all, 1 KiB a second is the least");
    /** What seals secrets in the database. */
    public static final Setting SECRET_KEY = new Setting(
            "secret-key",
            "SLUICE_SECRET_KEY",
            null,
            true,
            "key that seals upstreams' passwords in the database: 32 bytes in hexadecimal or base64, the same on every node;"
                    + " default: secret.key in the data directory");
    /** Whether to go on without the key. */
    public static final Setting SECRET_KEY_LOST = of(
            "secret-key-lost",
            "SLUICE_SECRET_KEY_LOST",
            "false",
            "true forgets upstreams' passwords that the key cannot open, instead of refusing to start");
    /** Parts that may be missing. */
    public static final Setting ACCEPT_NEW = of(
            "accept-new",
            "SLUICE_ACCEPT_NEW",
            null,
            "parts that may begin anew where they are missing, and are taken where they are another installation's, instead of"
                    + " refusing to start: sluice.db, advisories.db, journal, blobs");
    /** Certificates to trust. */
    public static final Setting CA_FILE =
            of("upstream.ca-file", "SLUICE_UPSTREAM_CA_FILE", null, "PEM file of further certificate authorities");
    /** How long the database may take where a request waits. */
    public static final Setting POSTGRES_PATIENCE = of(
            "postgres.patience",
            "SLUICE_POSTGRES_PATIENCE",
            "PT5S",
            "how long to wait for a connection, the journal and other nodes' changes; then 503 (ISO 8601)");
    /** How long any other statement may take. */
    public static final Setting POSTGRES_STATEMENT = of(
            "postgres.statement",
            "SLUICE_POSTGRES_STATEMENT",
            "PT30S",
            "how long to wait for the answer to any other statement (ISO 8601)");
    /** Connections to the database. */
    public static final Setting POSTGRES_CONNECTIONS = of(
            "postgres.connections",
            "SLUICE_POSTGRES_CONNECTIONS",
            "10",
            "most connections of the pool to PostgreSQL; each node takes two more");
    /** How long a node waits for another. */
    public static final Setting PATIENCE = of(
            "nodes.patience",
            "SLUICE_NODES_PATIENCE",
            "PT1M",
            "how long a request waits for another node that fetches the same thing (ISO 8601)");
    /** Where OSV's data is. */
    public static final Setting FEEDS_OSV = new Setting(
            "feeds.osv",
            "SLUICE_FEEDS_OSV",
            null,
            true,
            "address or folder with OSV's data, a folder per ecosystem; none: not synced");
    /** Where the KEV catalogue is. */
    public static final Setting FEEDS_KEV = new Setting(
            "feeds.kev", "SLUICE_FEEDS_KEV", null, true, "address or file of the KEV catalogue; none: not synced");
    /** Where the EPSS scores are. */
    public static final Setting FEEDS_EPSS = new Setting(
            "feeds.epss", "SLUICE_FEEDS_EPSS", null, true, "address or file of the EPSS scores; none: not synced");
    /** Which parts of OSV. */
    public static final Setting FEEDS_ECOSYSTEMS = of(
            "feeds.ecosystems",
            "SLUICE_FEEDS_ECOSYSTEMS",
            null,
            "OSV's names of the ecosystems to sync, comma-separated; default: those of the formats served");
    /** How often feeds are synced. */
    public static final Setting FEEDS_INTERVAL = of(
            "feeds.interval",
            "SLUICE_FEEDS_INTERVAL",
            "PT1H",
            "time between two syncs of a feed (ISO 8601); PT0S: only by command");
    /** How old a feed may be. */
    public static final Setting FEEDS_STALE_AFTER = of(
            "feeds.stale-after",
            "SLUICE_FEEDS_STALE_AFTER",
            "P1D",
            "how long ago a feed may have been looked at before it is stale");
    /** How old what a feed tells may be. */
    public static final Setting FEEDS_PACE = of(
            "feeds.pace",
            "SLUICE_FEEDS_PACE",
            "npm=P3D,pypi=P3D,maven=P7D,osv=P7D,kev=P14D,epss=P3D",
            "how old the newest date in the data of a format or feed may be before it is stale, comma-separated");
    /** How long one document of a feed may take. */
    public static final Setting FEEDS_TIMEOUT =
            of("feeds.timeout", "SLUICE_FEEDS_TIMEOUT", "PT30M", "longest time to fetch one document of a feed");
    /** The longest document of a feed. */
    public static final Setting MAX_FEED =
            of("limits.feed", "SLUICE_LIMITS_FEED", "2g", "longest document of a feed accepted (k, m, g)");
    /** The same after unpacking. */
    public static final Setting MAX_FEED_UNPACKED = of(
            "limits.feed-unpacked",
            "SLUICE_LIMITS_FEED_UNPACKED",
            "16g",
            "longest file of a feed after unpacking, and never more than 100 times its length (k, m, g)");
    /** The longest artifact. */
    public static final Setting MAX_ARTIFACT =
            of("limits.artifact", "SLUICE_LIMITS_ARTIFACT", "10g", "longest artifact accepted (k, m, g)");
    /** The longest index. */
    public static final Setting MAX_INDEX =
            of("limits.index", "SLUICE_LIMITS_INDEX", "100m", "longest index accepted from an upstream (k, m, g)");
    /** Memory for indexes. */
    public static final Setting INDEX_MEMORY = of(
            "limits.index-memory",
            "SLUICE_LIMITS_INDEX_MEMORY",
            "25%",
            "memory for indexes and what is remembered of files and advisories: a share of the heap, or k, m, g");
    /** Memory for small files. */
    public static final Setting FILE_MEMORY = of(
            "limits.file-memory",
            "SLUICE_LIMITS_FILE_MEMORY",
            "64m",
            "memory outside the heap for small files that were sent lately (k, m, g)");
    /** The certificate to show. */
    public static final Setting TLS_CERTIFICATE = of(
            "tls.certificate",
            "SLUICE_TLS_CERTIFICATE",
            null,
            "PEM file of the server's certificate and those between it and the root; with it the server speaks HTTPS");
    /** Its key. */
    public static final Setting TLS_KEY =
            of("tls.key", "SLUICE_TLS_KEY", null, "PEM file of the certificate's private key, not encrypted");
    /** Proxies that are believed. */
    public static final Setting TRUSTED_PROXIES = of(
            "trusted-proxies",
            "SLUICE_TRUSTED_PROXIES",
            "",
            "addresses or blocks (10.0.0.0/8) of proxies whose forwarding headers are believed, comma-separated");
    /** What proxies write. */
    public static final Setting PROXY_HEADER = of(
            "proxy-header",
            "SLUICE_PROXY_HEADER",
            "x-forwarded",
            "x-forwarded or forwarded: which headers trusted proxies write");
    /** Connections at once. */
    public static final Setting MAX_CONNECTIONS = of(
            "limits.connections",
            "SLUICE_LIMITS_CONNECTIONS",
            "10000",
            "connections at once; for one more, the one idle longest is closed");
    /** Requests at once. */
    public static final Setting MAX_REQUESTS =
            of("limits.requests", "SLUICE_LIMITS_REQUESTS", "2000", "requests being answered at once; more get 503");
    /** The longest request line. */
    public static final Setting MAX_REQUEST_LINE =
            of("limits.request-line", "SLUICE_LIMITS_REQUEST_LINE", "8k", "longest request line; longer gets 414");
    /** Header lines in bytes. */
    public static final Setting MAX_HEADER_BYTES = of(
            "limits.header-bytes",
            "SLUICE_LIMITS_HEADER_BYTES",
            "32k",
            "all header lines of a request together; more gets 431");
    /** Header lines. */
    public static final Setting MAX_HEADERS =
            of("limits.headers", "SLUICE_LIMITS_HEADERS", "100", "header lines of a request; more gets 431");
    /** The longest upload. */
    public static final Setting MAX_UPLOAD =
            of("limits.upload", "SLUICE_LIMITS_UPLOAD", "10g", "longest body of an upload; longer gets 413");
    /** The longest body of an API call. */
    public static final Setting MAX_DOCUMENT =
            of("limits.document", "SLUICE_LIMITS_DOCUMENT", "1m", "longest body of an API call; longer gets 413");
    /** The slowest upload. */
    public static final Setting UPLOAD_RATE = of(
            "limits.upload-rate",
            "SLUICE_LIMITS_UPLOAD_RATE",
            "1k",
            "bytes a second a body must arrive with, on average, after timeouts.stall; slower gets 408");
    /** Memory for large answers. */
    public static final Setting MAX_RESPONSES = of(
            "limits.responses",
            "SLUICE_LIMITS_RESPONSES",
            "256m",
            "memory for large indexes that wait for slow readers; beyond, 503");
    /** How much may fail. */
    public static final Setting MAX_FAILURES = of(
            "limits.failures",
            "SLUICE_LIMITS_FAILURES",
            "30000",
            "points a minute for a token, or an address without one, beyond which it gets 429: what is not there costs 1, a"
                    + " recorded refusal 20, wrong credentials 100; 0: no limit");
    /** How much may be asked. */
    public static final Setting REQUEST_RATE = of(
            "limits.request-rate",
            "SLUICE_LIMITS_REQUEST_RATE",
            "0",
            "requests a second for a token, or an address without one, beyond which it gets 429; 0: no limit");
    /** Time for the first request. */
    public static final Setting FIRST_REQUEST = of(
            "timeouts.first-request",
            "SLUICE_TIMEOUTS_FIRST_REQUEST",
            "PT30S",
            "from a connection's opening to the end of its first request's head; then it is closed");
    /** Time between requests. */
    public static final Setting KEEP_ALIVE = of(
            "timeouts.keep-alive",
            "SLUICE_TIMEOUTS_KEEP_ALIVE",
            "PT75S",
            "from an answer to the end of the next request's head; then the connection is closed");
    /** Time without a byte. */
    public static final Setting IDLE = of(
            "timeouts.idle",
            "SLUICE_TIMEOUTS_IDLE",
            "PT5M",
            "a connection without a byte in either direction, also a reader that takes nothing; then it is closed");
    /** Time without progress of a body. */
    public static final Setting STALL =
            of("timeouts.stall", "SLUICE_TIMEOUTS_STALL", "PT1M", "a request body without progress; then 408");
    /** Where traces go. */
    public static final Setting TRACING_ENDPOINT = of(
            "tracing.otlp-endpoint",
            "SLUICE_TRACING_OTLP_ENDPOINT",
            null,
            "address of an OpenTelemetry collector (OTLP over HTTP, port 4318 as a rule); none: requests are not traced");
    /** What the collector wants to see. */
    public static final Setting TRACING_HEADERS = new Setting(
            "tracing.headers",
            "SLUICE_TRACING_HEADERS",
            null,
            true,
            "header lines for the collector, name=value, comma-separated");
    /** How many traces. */
    public static final Setting TRACING_SAMPLE = of(
            "tracing.sample",
            "SLUICE_TRACING_SAMPLE",
            "1.0",
            "part of the requests that are traced, 0 to 1; what a trusted proxy decided goes before");
    /** Our name in traces. */
    public static final Setting TRACING_SERVICE =
            of("tracing.service", "SLUICE_TRACING_SERVICE", "sluice", "name of this service in traces");
    /** How long the server goes on before it stops. */
    public static final Setting DRAIN_DELAY = of(
            "drain.delay",
            "SLUICE_DRAIN_DELAY",
            "PT0S",
            "how long requests are still answered, and /health/ready says 503, before the server stops");
    /** Time to finish. */
    public static final Setting DRAIN_TIMEOUT = of(
            "drain.timeout",
            "SLUICE_DRAIN_TIMEOUT",
            "PT20S",
            "how long running requests may take to finish when the server stops");
    /** How often what nobody refers to is removed. */
    public static final Setting GC_INTERVAL = of(
            "gc.interval",
            "SLUICE_GC_INTERVAL",
            "P1D",
            "how often blobs that nothing refers to are removed (ISO 8601), or off");
    /** How fast blobs are read to find damage. */
    public static final Setting SCRUB_RATE = of(
            "scrub.rate",
            "SLUICE_SCRUB_RATE",
            null,
            "how many bytes a second the scrub reads of all blobs to find damaged ones (k, m, g), or off; default: 8m in a"
                    + " directory, off in S3");
    /** How often all blobs are read. */
    public static final Setting SCRUB_INTERVAL = of(
            "scrub.interval",
            "SLUICE_SCRUB_INTERVAL",
            "P7D",
            "how often the scrub begins to read all blobs (ISO 8601)");
    /** How old a blob must be before it may be removed. */
    public static final Setting GC_GRACE = of(
            "gc.grace",
            "SLUICE_GC_GRACE",
            "PT24H",
            "how old a blob must be before it may be removed (ISO 8601, at least PT10M)");
    /** When fetched files may go. */
    public static final Setting GC_CACHED_AFTER = of(
            "gc.cached-after",
            "SLUICE_GC_CACHED_AFTER",
            "off",
            "remove fetched files that nobody downloaded for so long (ISO 8601, at least P1D), or off");
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
    /** Where the line per request goes. */
    public static final Setting LOG_ACCESS_FILE = of(
            "log.access-file",
            "SLUICE_LOG_ACCESS_FILE",
            null,
            "file for the line per request, appended to; default: with the rest of the log");
    /** What becomes of withheld files on PyPI pages. */
    public static final Setting PYPI_WITHHELD = of(
            "pypi.withheld",
            "SLUICE_PYPI_WITHHELD",
            "drop",
            "drop or yank: what becomes of withheld files on PyPI pages");
    /** Builds of a snapshot version. */
    public static final Setting MAVEN_SNAPSHOTS = of(
            "maven.snapshot-builds",
            "SLUICE_MAVEN_SNAPSHOT_BUILDS",
            "100",
            "builds of a published SNAPSHOT version that are kept, 1 to 1000; with one more the oldest goes");

    /** Every setting, in the order they are shown. Upstreams are listed beside them: {@code upstreams.npm.url} and so on. */
    public static final List<Setting> ALL = List.of(
            DATA,
            BIND,
            PORT,
            PUBLIC_URL,
            DATABASE,
            SECRET_KEY,
            SECRET_KEY_LOST,
            ACCEPT_NEW,
            BLOBS,
            BLOBS_CACHE,
            BLOBS_SPOOL,
            S3_ACCESS_KEY,
            S3_SECRET_KEY,
            S3_TIMEOUT,
            S3_ATTEMPTS,
            TLS_CERTIFICATE,
            TLS_KEY,
            TRUSTED_PROXIES,
            PROXY_HEADER,
            READY_FILE,
            ANONYMOUS_READS,
            WORKSPACE,
            POLICIES,
            FRESHNESS,
            ABSENCE,
            OUTAGE,
            ALLOWED_HOSTS,
            CA_FILE,
            UPSTREAM_CONNECT,
            UPSTREAM_ANSWER,
            UPSTREAM_STALL,
            POSTGRES_PATIENCE,
            POSTGRES_STATEMENT,
            POSTGRES_CONNECTIONS,
            PATIENCE,
            MAX_ARTIFACT,
            MAX_INDEX,
            INDEX_MEMORY,
            FILE_MEMORY,
            MAX_CONNECTIONS,
            MAX_REQUESTS,
            MAX_REQUEST_LINE,
            MAX_HEADER_BYTES,
            MAX_HEADERS,
            MAX_UPLOAD,
            MAX_DOCUMENT,
            UPLOAD_RATE,
            MAX_RESPONSES,
            MAX_FAILURES,
            REQUEST_RATE,
            FIRST_REQUEST,
            KEEP_ALIVE,
            IDLE,
            STALL,
            DRAIN_DELAY,
            DRAIN_TIMEOUT,
            FEEDS_OSV,
            FEEDS_KEV,
            FEEDS_EPSS,
            FEEDS_ECOSYSTEMS,
            FEEDS_INTERVAL,
            FEEDS_STALE_AFTER,
            FEEDS_PACE,
            FEEDS_TIMEOUT,
            MAX_FEED,
            MAX_FEED_UNPACKED,
            PYPI_WITHHELD,
            MAVEN_SNAPSHOTS,
            SCRUB_RATE,
            SCRUB_INTERVAL,
            GC_INTERVAL,
            GC_GRACE,
            GC_CACHED_AFTER,
            TRACING_ENDPOINT,
            TRACING_HEADERS,
            TRACING_SAMPLE,
            TRACING_SERVICE,
            LOG_LEVEL,
            LOG_FORMAT,
            LOG_ACCESS,
            LOG_ACCESS_FILE);

    private static Setting of(String key, String environment, @Nullable String otherwise, String help) {
        return new Setting(key, environment, otherwise, false, help);
    }
}
