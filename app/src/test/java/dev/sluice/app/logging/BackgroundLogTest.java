package dev.sluice.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A log written in the background holds nobody up, and says what it could not write. */
@Timeout(60)
final class BackgroundLogTest {

    private static final int CAPACITY = 80;
    private static final int FOR_WARNINGS = 10;

    private final LoggerContext context = new LoggerContext();
    private final Disk disk = new Disk();
    private final List<BackgroundLog> opened = new ArrayList<>();

    /** A file on a disk that stalls and fails as it is told. */
    private static final class Disk extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CountDownLatch reached = new CountDownLatch(1);
        volatile CountDownLatch stalled = new CountDownLatch(0);
        final AtomicBoolean full = new AtomicBoolean();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] some, int offset, int length) throws IOException {
            reached.countDown();
            try {
                stalled.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (full.get()) {
                throw new IOException("No space left on device");
            }
            bytes.write(some, offset, length);
        }

        List<JsonNode> lines() {
            return bytes.toString(StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
        }

        List<String> messages() {
            return lines().stream().map(line -> line.path("message").asString()).toList();
        }
    }

    private BackgroundLog open(Duration patience) throws IOException {
        context.setMDCAdapter(new LogbackMDCAdapter());
        JsonLines lines = new JsonLines();
        lines.setContext(context);
        lines.start();
        BackgroundLog log = new BackgroundLog(() -> disk, lines, CAPACITY, patience);
        log.setContext(context);
        log.start();
        opened.add(log);
        return log;
    }

    @AfterEach
    void letGo() {
        disk.stalled.countDown();
        opened.forEach(BackgroundLog::stop);
    }

    private void say(Level level, String message) {
        opened.getFirst()
                .doAppend(new LoggingEvent("", context.getLogger("dev.sluice.access"), level, message, null, null));
    }

    private void stall() throws InterruptedException {
        disk.stalled = new CountDownLatch(1);
        say(Level.INFO, "the first");
        disk.reached.await();
    }

    @Test
    void who_logs_goes_on_while_the_disk_stalls_and_what_finds_no_room_is_counted() throws Exception {
        BackgroundLog log = open(Duration.ofMinutes(1));
        stall();

        for (int i = 0; i < 1_000; i++) {
            say(Level.INFO, "line " + i);
        }

        assertThat(log.dropped()).isEqualTo(1_000 - (CAPACITY - FOR_WARNINGS));
    }

    @Test
    void once_the_disk_goes_on_the_lines_that_waited_are_there_and_one_says_how_many_are_missing() throws Exception {
        BackgroundLog log = open(Duration.ofMinutes(1));
        stall();
        for (int i = 0; i < 1_000; i++) {
            say(Level.INFO, "line " + i);
        }

        disk.stalled.countDown();
        log.stop();

        assertThat(disk.messages())
                .contains("the first")
                .containsSubsequence(IntStream.range(0, CAPACITY - FOR_WARNINGS)
                        .mapToObj(i -> "line " + i)
                        .toList());
        assertThat(disk.lines())
                .filteredOn(line -> line.path("logger").asString().equals("dev.sluice.log"))
                .singleElement()
                .satisfies(line -> assertThat(line.path("lines").asInt()).isEqualTo(930));
    }

    @Test
    void a_warning_finds_room_where_news_finds_none() throws Exception {
        BackgroundLog log = open(Duration.ofMinutes(1));
        stall();
        for (int i = 0; i < 1_000; i++) {
            say(Level.INFO, "line " + i);
        }

        say(Level.WARN, "a warning");
        disk.stalled.countDown();
        log.stop();

        assertThat(disk.messages()).contains("a warning");
    }

    @Test
    void an_orderly_stop_loses_no_line() throws Exception {
        BackgroundLog log = open(Duration.ofMinutes(1));
        for (int i = 0; i < CAPACITY - FOR_WARNINGS; i++) {
            say(Level.INFO, "line " + i);
        }

        log.stop();

        assertThat(disk.messages()).hasSize(CAPACITY - FOR_WARNINGS);
        assertThat(log.dropped()).isZero();
    }

    @Test
    void stopping_does_not_wait_for_ever_for_a_disk_that_stalls() throws Exception {
        BackgroundLog log = open(Duration.ofMillis(10));
        stall();

        log.stop();

        assertThat(disk.lines()).isEmpty();
    }

    @Test
    void lines_that_a_full_disk_does_not_take_are_counted_and_later_ones_are_written() throws Exception {
        BackgroundLog log = open(Duration.ofMinutes(1));
        stall();
        disk.full.set(true);
        disk.stalled.countDown();
        while (log.dropped() == 0) {
            Thread.onSpinWait(); // the disk's answer is on its way
        }
        disk.full.set(false);

        say(Level.INFO, "there is room again");
        log.stop();

        assertThat(log.dropped()).isOne();
        assertThat(disk.messages()).hasSize(2).contains("there is room again");
    }
}
