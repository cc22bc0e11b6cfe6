package dev.sluice.server;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;

/** Bodies outside the heap, from where a socket takes them without another copy; any number of responses may send one at once. */
final class OffHeap {

    private OffHeap() {}

    /** A copy of the bytes; its memory goes with the last reference to it. */
    static Buffer copy(byte[] bytes) {
        return of(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    /** What the direct buffer holds between its position and its limit; the bytes are not to be changed any more. */
    static Buffer of(ByteBuffer direct) {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(direct));
    }
}
