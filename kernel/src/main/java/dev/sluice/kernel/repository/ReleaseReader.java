package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ReleaseWriter} of this process wrote, from the beginning of a block. Not thread-safe. */
final class ReleaseReader {

    private static final List<Digest.Algorithm> ALGORITHMS = List.of(Digest.Algorithm.values());

    private final byte[] in;
    private int at;
    private final List<String> texts = new ArrayList<>();
    private byte[] name = {};
    private byte[] location = {};

    ReleaseReader(byte[] block) {
        this.in = block;
    }

    /** The next release. */
    Release read() {
        return new Release(
                text(),
                signal(this::instant),
                signal(this::text),
                nullable(),
                nullable(),
                signal(() -> in[at++] == 1),
                list(this::text),
                text(),
                list(this::file),
                bytes());
    }

    private ReleaseFile file() {
        name = front(name);
        String fileName = new String(name, StandardCharsets.UTF_8);
        boolean below = in[at++] == 1;
        String path = below ? text() + fileName : text();
        String address = null;
        if (in[at++] == 1) {
            location = front(location);
            address = new String(location, StandardCharsets.UTF_8);
        }
        return new ReleaseFile(
                fileName, path, address, list(this::digest), number() - 1, signal(this::instant), nullable());
    }

    private Digest digest() {
        Digest.Algorithm algorithm = ALGORITHMS.get(in[at++]);
        at += algorithm.bytes();
        return Digest.of(algorithm, Arrays.copyOfRange(in, at - algorithm.bytes(), at));
    }

    private byte[] front(byte[] before) {
        int same = (int) number();
        int rest = (int) number();
        byte[] now = Arrays.copyOf(before, same + rest);
        System.arraycopy(in, at, now, same, rest);
        at += rest;
        return now;
    }

    private Instant instant() {
        long seconds = number();
        return Instant.ofEpochSecond((seconds >>> 1) ^ -(seconds & 1), number());
    }

    private <T> Signal<T> signal(Supplier<T> value) {
        return in[at++] == 1 ? Signal.known(value.get(), text()) : Signal.unknown(text());
    }

    private <T> List<T> list(Supplier<T> element) {
        int size = (int) number();
        List<T> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            elements.add(element.get());
        }
        return elements;
    }

    private @Nullable String nullable() {
        return in[at++] == 0 ? null : text();
    }

    private String text() {
        int known = (int) number();
        if (known > 1) {
            return texts.get(known - 2);
        }
        String text = known == 0 ? new String(bytes(), StandardCharsets.UTF_8) : chars();
        texts.add(text);
        return text;
    }

    private String chars() {
        char[] chars = new char[(int) number()];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) number();
        }
        return new String(chars);
    }

    private byte[] bytes() {
        int length = (int) number();
        at += length;
        return Arrays.copyOfRange(in, at - length, at);
    }

    private long number() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in[at++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
