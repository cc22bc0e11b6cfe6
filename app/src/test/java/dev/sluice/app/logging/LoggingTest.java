package dev.sluice.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LoggingTest {

    @Test
    void a_line_of_json_has_the_keys_of_its_event_and_cannot_be_broken_out_of() {
        LoggerContext context = new LoggerContext();
        JsonLines lines = new JsonLines();
        lines.setContext(context);
        lines.start();
        LoggingEvent event = new LoggingEvent(
                "",
                context.getLogger("dev.sluice.access"),
                Level.INFO,
                "request",
                new IllegalStateException("broke"),
                null);
        event.addKeyValuePair(new KeyValuePair("status", 200));
        event.addKeyValuePair(new KeyValuePair("bytes", 5_000_000_000L));
        event.addKeyValuePair(new KeyValuePair("agent", "x\"}\r\n{\"status\":500,\"\u2028\ud800"));

        String text = new String(lines.encode(event), StandardCharsets.UTF_8);

        assertThat(text.chars().filter(c -> c == '\n' || c == '\r').count()).isOne();
        JsonNode line = JsonMapper.shared().readTree(text);
        assertThat(line.path("message").asString()).isEqualTo("request");
        assertThat(line.path("logger").asString()).isEqualTo("dev.sluice.access");
        assertThat(line.path("status").isInt()).isTrue();
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("bytes").asLong()).isEqualTo(5_000_000_000L);
        assertThat(line.path("agent").asString()).startsWith("x\"}\r\n{").endsWith("?");
        assertThat(line.path("error").asString()).contains("IllegalStateException: broke");
        assertThat(line.path("time").asString()).endsWith("Z");
    }
}
