package dev.sluice.app;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One flat JSON object a line: {@code time}, {@code level}, {@code logger}, {@code message}, then the event's own keys, and {@code
 * error} with a stack trace. Whatever a client sent is escaped, so that it cannot begin a line of its own.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] NOTHING = new byte[0];

    private final ThrowableProxyConverter traces = new ThrowableProxyConverter();

    @Override
    public void start() {
        traces.start();
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("time", event.getInstant().toString())
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("message", event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                switch (pair.value) {
                    case null -> line.putNull(pair.key);
                    case Integer number -> line.put(pair.key, number);
                    case Long number -> line.put(pair.key, number);
                    case Boolean flag -> line.put(pair.key, flag);
                    default -> line.put(pair.key, pair.value.toString());
                }
            }
        }
        if (event.getThrowableProxy() != null) {
            line.put("error", traces.convert(event));
        }
        return (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
