package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.config.Version;
import dev.sluice.server.trace.Traces;
import dev.sluice.server.trace.Tracing;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the configuration says of traces. */
final class TraceSettings {

    /** Some megabytes at most. */
    private static final int QUEUE = 4_096;

    private TraceSettings() {}

    /** Tracing as configured; off, and without a class of OpenTelemetry loaded, unless there is a collector. */
    static Tracing tracing(Configuration configuration, InstantSource clock) {
        Optional<String> endpoint = configuration.find(Setting.TRACING_ENDPOINT);
        if (endpoint.isEmpty()) {
            return Tracing.OFF;
        }
        return Traces.open(
                new Traces.Settings(
                        address(endpoint.get()),
                        headers(configuration),
                        sample(configuration),
                        configuration.get(Setting.TRACING_SERVICE),
                        Version.TEXT,
                        QUEUE,
                        Duration.ofSeconds(5)),
                clock);
    }

    private static String address(String text) {
        try {
            URI uri = URI.create(text.strip());
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
                return text.strip();
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new ConfigurationException("tracing.otlp-endpoint takes an http or https address without user and query,"
                + " such as http://collector.example:4318; what the collector wants to know goes into tracing.headers");
    }

    private static Map<String, String> headers(Configuration configuration) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line :
                configuration.find(Setting.TRACING_HEADERS).orElse("").split(",", -1)) {
            int equals = line.indexOf('=');
            if (line.isBlank()) {
                continue;
            }
            String name = equals < 0 ? "" : line.substring(0, equals).strip();
            String value = line.substring(equals + 1).strip();
            if (!name.matches("[A-Za-z0-9_-]{1,100}") || !value.matches("[\\x20-\\x7e]{1,4000}")) {
                throw new ConfigurationException("tracing.headers takes name=value, comma-separated");
            }
            headers.put(name, value);
        }
        return headers;
    }

    private static double sample(Configuration configuration) {
        String text = configuration.get(Setting.TRACING_SAMPLE).strip();
        if (!text.matches("0|1|0?[.][0-9]{1,9}|1[.]0{1,9}")) {
            throw new ConfigurationException("tracing.sample is '" + text + "', but it takes a number from 0 to 1");
        }
        return Double.parseDouble(text);
    }
}
