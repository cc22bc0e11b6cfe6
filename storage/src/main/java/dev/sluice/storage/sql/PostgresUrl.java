package dev.sluice.storage.sql;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL database is and how to be let in: {@code postgres://user:password@host:port/database?parameter=value}, as
 * libpq writes it (PostgreSQL documentation, 32.1.1.2).
 *
 * <p>Holds a secret; {@link #toString} leaves it out.
 *
 * @param hosts host and port, several with commas between
 * @param database its name
 * @param user who logs in
 * @param password the secret, or empty
 * @param parameters the rest, as the driver calls it
 */
record PostgresUrl(String hosts, String database, String user, String password, Properties parameters) {
    private static final Pattern SHAPE =
            Pattern.compile("postgres(?:ql)?://(?:(?<user>[^:/?#]*)(?::(?<password>[^/?#]*))?@)?(?<hosts>[^/?#@]*)"
                    + "(?:/(?<database>[^?#/]*))?(?:\\?(?<query>[^#]*))?");

    /** Reads the address. Throws IllegalArgumentException, which does not repeat it. */
    static PostgresUrl parse(String text) {
        Matcher matcher = SHAPE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("this is no address of a PostgreSQL database: write"
                    + " postgres://user:password@host:5432/database, special characters percent-encoded");
        }
        Properties parameters = new Properties();
        String query = decodedOr(matcher.group("query"), "", false);
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.setProperty(
                        decodedOr(pair.substring(0, equals), "", true),
                        decodedOr(pair.substring(equals + 1), "", true));
            }
        }
        String user = decodedOr(matcher.group("user"), "", true);
        String named = taken(parameters, "user", user.isEmpty() ? System.getProperty("user.name", "sluice") : user);
        String password = taken(parameters, "password", decodedOr(matcher.group("password"), "", true));
        String hosts = decodedOr(matcher.group("hosts"), "", true);
        return new PostgresUrl(
                hosts.isEmpty() ? "localhost:5432" : hosts,
                decodedOr(matcher.group("database"), named, true),
                named,
                password,
                parameters);
    }

    /** The address as the driver takes it, without secrets. */
    String jdbc() {
        return "jdbc:postgresql://" + hosts + "/" + java.net.URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    /**
     * What the driver is told beside the address.
     *
     * @param connect how long to wait for a connection
     * @param answer how long to wait for each answer; zero waits for ever
     */
    Properties properties(Duration connect, Duration answer) {
        Properties result = new Properties();
        result.setProperty("ApplicationName", "sluice");
        result.setProperty("tcpKeepAlive", "true");
        result.setProperty("connectTimeout", seconds(connect));
        result.setProperty("loginTimeout", seconds(connect));
        result.setProperty("socketTimeout", seconds(answer));
        result.setProperty("cancelSignalTimeout", seconds(connect));
        result.setProperty("reWriteBatchedInserts", "true");
        result.setProperty("logServerErrorDetail", "false"); // details quote rows, and rows hold secrets
        parameters.stringPropertyNames().forEach(name -> result.setProperty(name, parameters.getProperty(name)));
        result.setProperty("user", user);
        result.setProperty("password", password);
        return result;
    }

    /** The driver counts whole seconds. */
    private static String seconds(Duration duration) {
        return String.valueOf((duration.toMillis() + 999) / 1000);
    }

    private static String taken(Properties parameters, String name, String otherwise) {
        Object value = parameters.remove(name);
        return value instanceof String text ? text : otherwise;
    }

    /** Percent-encoding only: a plus sign is a plus sign. */
    private static String decodedOr(@Nullable String text, String otherwise, boolean decode) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        return decode ? URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8) : text;
    }

    /** Who and where, never the password. */
    @Override
    public String toString() {
        return database + " at " + hosts + " as " + user;
    }
}
