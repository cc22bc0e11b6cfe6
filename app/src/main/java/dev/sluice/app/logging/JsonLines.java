package dev.sluice.app.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * One flat JSON object a line: {@code time}, {@code level}, {@code logger}, {@code message}, then the event's own keys, and {@code
 * error} with a stack trace. Whatever a client sent is escaped, so that it cannot begin a line of its own.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int USUAL_LENGTH = 512;
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
        // characters first: a lone surrogate then becomes a question mark, where a generator of bytes would refuse it
        StringWriter line = new StringWriter(USUAL_LENGTH);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringProperty("time", event.getInstant().toString());
            json.writeStringProperty("level", event.getLevel().toString());
            json.writeStringProperty("logger", event.getLoggerName());
            json.writeStringProperty("message", event.getFormattedMessage());
            if (event.getKeyValuePairs() != null) {
                for (KeyValuePair pair : event.getKeyValuePairs()) {
                    json.writeName(pair.key);
                    switch (pair.value) {
                        case null -> json.writeNull();
                        case Integer number -> json.writeNumber(number);
                        case Long number -> json.writeNumber(number);
                        case Boolean flag -> json.writeBoolean(flag);
                        default -> json.writeString(pair.value.toString());
                    }
                }
            }
            if (event.getThrowableProxy() != null) {
                json.writeStringProperty("error", traces.convert(event));
            }
            json.writeEndObject();
        }
        line.write('\n');
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }
}
