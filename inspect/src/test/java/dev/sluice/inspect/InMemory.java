package dev.sluice.inspect;

import dev.sluice.kernel.gate.Inspector;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** An artifact in memory. */
record InMemory(byte[] bytes) implements Inspector.Content {

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public InputStream open(long offset, long length) {
        return new ByteArrayInputStream(
                bytes, (int) offset, (int) Math.min(length, Math.max(0, bytes.length - offset)));
    }
}
