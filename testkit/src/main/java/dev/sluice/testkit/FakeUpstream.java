package dev.sluice.testkit;

import dev.sluice.kernel.gate.UpstreamClient;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Upstreams of any kind without a network: addresses with bodies, everything else is a 404, and they can be switched off.
 * Thread-safe.
 */
public final class FakeUpstream implements UpstreamClient {

    private record Page(byte[] body, Map<String, String> headers) {}

    private final Map<URI, Page> pages = new ConcurrentHashMap<>();
    private final List<URI> asked = new CopyOnWriteArrayList<>();
    private volatile boolean down;

    /** Upstreams that have nothing yet. */
    public FakeUpstream() {}

    /** Has that body at that address, with headers given as name, value, name, value … in lower case. */
    public FakeUpstream has(String uri, byte[] body, String... headers) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i + 1 < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        pages.put(URI.create(uri), new Page(body.clone(), map));
        return this;
    }

    /** Has that text at that address. */
    public FakeUpstream has(String uri, String text, String... headers) {
        return has(uri, text.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Has nothing at that address any more. */
    public void lacks(String uri) {
        pages.remove(URI.create(uri));
    }

    /** Whether nobody answers. */
    public void down(boolean isDown) {
        this.down = isDown;
    }

    /** Every address asked for so far, in order. */
    public List<URI> asked() {
        return List.copyOf(asked);
    }

    @Override
    public Answer ask(Ask ask) throws UpstreamException {
        asked.add(ask.uri());
        if (down) {
            throw new UpstreamException("upstream '" + ask.upstream().id() + "' does not answer");
        }
        Page page = pages.get(ask.uri());
        return page == null
                ? new Answer(404, ask.uri(), Map.of(), new ByteArrayInputStream(new byte[0]))
                : new Answer(200, ask.uri(), page.headers(), new ByteArrayInputStream(page.body()));
    }
}
