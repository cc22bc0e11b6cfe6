package dev.sluice.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets up the log: standard error, as text for people or one JSON object a line for machines. */
final class Logging {

    private Logging() {}

    /** Follows the configuration. Throws ConfigurationException. */
    static void configure(Configuration configuration) {
        String level = configuration.get(Setting.LOG_LEVEL).toUpperCase(Locale.ROOT);
        if (!List.of("ERROR", "WARN", "INFO", "DEBUG").contains(level)) {
            throw new ConfigurationException("log.level is '" + level + "', but it takes error, warn, info or debug");
        }
        boolean access = configuration.flag(Setting.LOG_ACCESS).orElse(true);
        String format = configuration.get(Setting.LOG_FORMAT);
        if (!List.of("text", "json").contains(format)) {
            throw new ConfigurationException("log.format is '" + format + "', but it takes text or json");
        }
        configure(
                Level.valueOf(level),
                format.equals("json"),
                access,
                configuration.find(Setting.LOG_ACCESS_FILE).orElse(null));
    }

    /** Only what went wrong, for commands that print their own results. */
    static void quiet() {
        configure(Level.WARN, false, false, null);
    }

    private static void configure(Level level, boolean json, boolean access, @Nullable String accessFile) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        context.reset();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(context, json));
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        context.getLogger("dev.sluice").setLevel(level);
        var requests = context.getLogger("dev.sluice.access");
        if (!access) {
            requests.setLevel(Level.OFF);
        } else if (accessFile != null) {
            FileAppender<ILoggingEvent> file = new FileAppender<>();
            file.setContext(context);
            file.setFile(accessFile);
            file.setEncoder(encoder(context, json));
            file.start();
            if (!file.isStarted()) {
                throw new ConfigurationException("log.access-file '" + accessFile + "' cannot be written");
            }
            requests.setLevel(Level.INFO);
            requests.setAdditive(false);
            requests.addAppender(file);
        }
        root.addAppender(appender);
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
}
