package dev.sluice.app.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The log of this process: standard error, as text for people or one JSON object a line for machines, and the line per request there
 * or in a file of its own.
 *
 * <p>A server's is written in the background ({@link BackgroundLog}); close it at the end, so that nothing is left unwritten.
 */
public final class Logging implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static volatile @Nullable Logging current;

    private final Map<String, BackgroundLog> logs = new LinkedHashMap<>();

    private Logging() {}

    /** Follows the configuration. Throws ConfigurationException. */
    public static Logging configure(Configuration configuration) {
        String level = configuration.get(Setting.LOG_LEVEL).toUpperCase(Locale.ROOT);
        if (!List.of("ERROR", "WARN", "INFO", "DEBUG").contains(level)) {
            throw new ConfigurationException("log.level is '" + level + "', but it takes error, warn, info or debug");
        }
        boolean access = configuration.flag(Setting.LOG_ACCESS).orElse(true);
        String format = configuration.get(Setting.LOG_FORMAT);
        if (!List.of("text", "json").contains(format)) {
            throw new ConfigurationException("log.format is '" + format + "', but it takes text or json");
        }
        boolean json = format.equals("json");
        String accessFile = configuration.find(Setting.LOG_ACCESS_FILE).orElse(null);
        Logging logging = new Logging();
        LoggerContext context = context(Level.valueOf(level));
        if (context == null) {
            return logging;
        }
        var requests = context.getLogger("dev.sluice.access");
        if (!access) {
            requests.setLevel(Level.OFF);
        } else if (accessFile != null) {
            requests.setLevel(Level.INFO);
            requests.setAdditive(false);
            requests.addAppender(logging.background(context, "access", accessFile, json));
        }
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                .addAppender(logging.background(context, "main", null, json));
        current = logging;
        return logging;
    }

    /** Only what went wrong, for commands that print their own results; written at once. */
    public static void quiet() {
        LoggerContext context = context(Level.WARN);
        if (context == null) {
            return;
        }
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context, false));
        console.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(console);
    }

    /** Lines that are missing from each log of this process, by its name. */
    public static Map<String, Long> dropped() {
        Map<String, Long> dropped = new LinkedHashMap<>(Map.of("main", 0L));
        Logging known = current;
        if (known != null) {
            known.logs.forEach((name, log) -> dropped.put(name, log.dropped()));
        }
        return dropped;
    }

    /** Writes what waits. What is logged afterwards is lost. */
    @Override
    public void close() {
        logs.values().forEach(BackgroundLog::stop);
    }

    private static @Nullable LoggerContext context(Level level) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return null;
        }
        context.reset();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                .setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        context.getLogger("dev.sluice").setLevel(level);
        return context;
    }

    private BackgroundLog background(LoggerContext context, String name, @Nullable String file, boolean json) {
        BackgroundLog.Destination destination =
                file == null ? StandardError::new : () -> new FileOutputStream(file, true);
        try {
            BackgroundLog log =
                    new BackgroundLog(destination, encoder(context, json), BackgroundLog.CAPACITY, PATIENCE);
            log.setContext(context);
            log.start();
            logs.put(name, log);
            return log;
        } catch (IOException e) {
            throw new ConfigurationException("log.access-file '" + file + "' cannot be written: " + e.getMessage(), e);
        }
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, boolean json) {
        if (json) {
            JsonLines encoder = new JsonLines();
            encoder.setContext(context);
            encoder.start();
            return encoder;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0} %msg %kvp%n");
        encoder.start();
        return encoder;
    }

    /** The standard error as it is: failures are told, and it stays open. */
    private static final class StandardError extends FilterOutputStream {
        StandardError() {
            super(new FileOutputStream(FileDescriptor.err));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() {
            // it is the process's own
        }
    }
}
