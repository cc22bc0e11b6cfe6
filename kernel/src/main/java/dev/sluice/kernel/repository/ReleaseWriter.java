package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes releases for {@link ReleaseReader} of the same process: a text that was written before is a number, one that begins as the
 * one before it in its column is the rest. Not thread-safe.
 */
final class ReleaseWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(80 * 1024);
    private final Map<String, Integer> texts = new HashMap<>();
    private byte[] name = {};
    private byte[] location = {};

    /** Bytes written since the last {@link #finish}. */
    int size() {
        return out.size();
    }

    /** What was written; begins anew, as the reader does with every block. */
    byte[] finish() {
        byte[] written = out.toByteArray();
        out.reset();
        texts.clear();
        name = new byte[0];
        location = new byte[0];
        return written;
    }

    void write(Release release) {
        text(release.version());
        signal(release.published(), this::instant);
        signal(release.license(), this::text);
        nullable(release.deprecated());
        nullable(release.yanked());
        signal(release.installScripts(), yes -> out.write(yes ? 1 : 0));
        number(release.maintainers().size());
        release.maintainers().forEach(this::text);
        text(release.summary());
        number(release.files().size());
        release.files().forEach(this::file);
        bytes(release.document());
    }

    private void file(ReleaseFile file) {
        name = front(name, file.name());
        boolean below = file.path().endsWith(file.name());
        out.write(below ? 1 : 0);
        text(below ? file.path().substring(0, file.path().length() - file.name().length()) : file.path());
        out.write(file.location() == null ? 0 : 1);
        if (file.location() != null) {
            location = front(location, file.location());
        }
        List<Digest> digests = file.digests();
        number(digests.size());
        for (Digest digest : digests) {
            out.write(digest.algorithm().ordinal());
            out.writeBytes(digest.bytes());
        }
        number(file.size() + 1);
        signal(file.published(), this::instant);
        nullable(file.yanked());
    }

    /** The text without what it begins with as the one before; returns it for the next. */
    private byte[] front(byte[] before, String text) {
        byte[] now = text.getBytes(StandardCharsets.UTF_8);
        int same = Arrays.mismatch(before, now);
        same = same < 0 ? now.length : same;
        number(same);
        number(now.length - same);
        out.write(now, same, now.length - same);
        return now;
    }

    private void instant(Instant instant) {
        long seconds = instant.getEpochSecond();
        number((seconds << 1) ^ (seconds >> 63));
        number(instant.getNano());
    }

    private <T> void signal(Signal<T> signal, Consumer<T> value) {
        switch (signal) {
            case Signal.Known<T> known -> {
                out.write(1);
                value.accept(known.value());
                text(known.source());
            }
            case Signal.Unknown<T>(String why) -> {
                out.write(0);
                text(why);
            }
        }
    }

    private void nullable(@Nullable String text) {
        out.write(text == null ? 0 : 1);
        if (text != null) {
            text(text);
        }
    }

    private void text(String text) {
        Integer known = texts.putIfAbsent(text, texts.size());
        if (known != null) {
            number(known + 2L);
        } else if (hasSurrogates(text)) { // halves of pairs too, which UTF-8 cannot write
            number(1);
            number(text.length());
            text.chars().forEach(this::number);
        } else {
            number(0);
            bytes(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static boolean hasSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private void bytes(byte[] bytes) {
        number(bytes.length);
        out.writeBytes(bytes);
    }

    private void number(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
