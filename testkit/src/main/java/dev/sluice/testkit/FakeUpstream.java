package dev.sluice.testkit;

import dev.sluice.kernel.gate.UpstreamClient;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * Upstreams of any kind without a network: addresses with bodies, everything else is a 404; they can be switched off, say
 * something else, or be held up. A question with the {@code etag} of what lies there is answered 304. Thread-safe.
 */
public final class FakeUpstream implements UpstreamClient {

    private record Page(int status, byte[] body, Map<String, String> headers) {}

    private final Map<URI, Page> pages = new ConcurrentHashMap<>();
    private final Map<URI, Function<Ask, Answer>> behaviours = new ConcurrentHashMap<>();
    private final List<Ask> asked = new CopyOnWriteArrayList<>();
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final Map<URI, URI> redirected = new ConcurrentHashMap<>();
    private final Set<URI> silent = ConcurrentHashMap.newKeySet();
    private volatile boolean down;
    private volatile CountDownLatch held = new CountDownLatch(0);

    /** Upstreams that have nothing yet. */
    public FakeUpstream() {}

    /** Has that body at that address, with headers given as name, value, name, value … in lower case. */
    public FakeUpstream has(String uri, byte[] body, String... headers) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i + 1 < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        pages.put(URI.create(uri), new Page(200, body.clone(), map));
        return this;
    }

    /** Answers that address with that status and no body, with headers given as name, value … in lower case. */
    public FakeUpstream says(String uri, int status, String... headers) {
        has(uri, new byte[0], headers);
        pages.computeIfPresent(URI.create(uri), (address, page) -> new Page(status, page.body(), page.headers()));
        return this;
    }

    /** Has that text at that address. */
    public FakeUpstream has(String uri, String text, String... headers) {
        return has(uri, text.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Has that body at that address and sends the parts of it that are asked for. */
    public FakeUpstream hasInParts(String uri, byte[] body) {
        has(uri, body);
        return behaves(uri, ask -> part(ask, body));
    }

    /** Answers that address so, whatever was said of it otherwise. */
    public FakeUpstream behaves(String uri, Function<Ask, Answer> behaviour) {
        behaviours.put(URI.create(uri), behaviour);
        return this;
    }

    /** The part of a body that is asked for, or all of it to who asks for all. */
    public static Answer part(Ask ask, byte[] body) {
        Range range = ask.range();
        if (range == null) {
            return new Answer(200, ask.uri(), Map.of(), new ByteArrayInputStream(body));
        }
        long first = range.first() < 0 ? Math.max(0, body.length - range.length()) : range.first();
        long end = Math.min(body.length, first + range.length());
        return new Answer(
                206,
                ask.uri(),
                Map.of("content-range", "bytes " + first + "-" + (end - 1) + "/" + body.length),
                new ByteArrayInputStream(body, (int) first, (int) (end - first)));
    }

    /** Has nothing at that address any more. */
    public void lacks(String uri) {
        pages.remove(URI.create(uri));
    }

    /** Whether nobody answers. */
    public void down(boolean isDown) {
        this.down = isDown;
    }

    /** Whether nobody at addresses that begin so answers. */
    public void down(String prefix, boolean isDown) {
        if (isDown) {
            dead.add(prefix);
        } else {
            dead.remove(prefix);
        }
    }

    /** Redirects that address to one whose host takes no connection. */
    public void redirectsToDead(String uri, String target) {
        redirected.put(URI.create(uri), URI.create(target));
    }

    /** Takes connections for that address and never answers. */
    public void silent(String uri) {
        silent.add(URI.create(uri));
    }

    /** Holds up every answer from now on until {@link #release}. */
    public void hold() {
        held = new CountDownLatch(1);
    }

    /** Lets answers go that are held up. */
    public void release() {
        held.countDown();
    }

    /** How often that address was asked for. */
    public int asked(String uri) {
        return (int) asked().stream().filter(u -> u.toString().equals(uri)).count();
    }

    /** Every address asked for so far, in order. */
    public List<URI> asked() {
        return asked.stream().map(Ask::uri).toList();
    }

    /** The questions for parts of what lies at that address. */
    public List<Range> parts(String uri) {
        return asked.stream()
                .filter(ask -> ask.uri().toString().equals(uri))
                .map(Ask::range)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public Answer ask(Ask ask) throws UpstreamException {
        asked.add(ask);
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException("interrupted", e);
        }
        String address = ask.uri().toString();
        if (down || dead.stream().anyMatch(address::startsWith)) {
            throw new UnreachableException(
                    "upstream '" + ask.upstream().id() + "' does not answer", ask.uri(), false, null);
        }
        URI elsewhere = redirected.get(ask.uri());
        if (elsewhere != null) {
            throw new UnreachableException(
                    "upstream '" + ask.upstream().id() + "' does not answer", elsewhere, false, null);
        }
        if (silent.contains(ask.uri())) {
            throw new UnreachableException(
                    "upstream '" + ask.upstream().id() + "' does not answer in time", ask.uri(), true, null);
        }
        Function<Ask, Answer> behaviour = behaviours.get(ask.uri());
        if (behaviour != null) {
            return behaviour.apply(ask);
        }
        Page page = pages.get(ask.uri());
        if (page == null) {
            return new Answer(404, ask.uri(), Map.of(), new ByteArrayInputStream(new byte[0]));
        }
        String etag = page.headers().get("etag");
        if (etag != null && etag.equals(ask.ifNoneMatch())) {
            return new Answer(304, ask.uri(), page.headers(), new ByteArrayInputStream(new byte[0]));
        }
        return new Answer(page.status(), ask.uri(), page.headers(), new ByteArrayInputStream(page.body()));
    }
}
