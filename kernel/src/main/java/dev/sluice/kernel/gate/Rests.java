package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Upstreams left alone for a while, whatever they are wanted for: those that asked for it with 429 or 503 and Retry-After, and
 * those that could not be reached at all. A server error about one document says nothing about the others.
 *
 * <p>Thread-safe.
 */
final class Rests implements UpstreamClient {

    /** No upstream keeps us away for longer, whatever it says. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private final UpstreamClient client;
    private final InstantSource clock;
    private final Duration outage;
    private final Cache<Key, Rest> rests;

    /** Files may lie on another server than the index: either may fail by itself. */
    private record Key(String upstream, String origin) {}

    private record Rest(Instant until, String why) {}

    /** An upstream that is left alone, and was not asked. */
    static final class RestingException extends UpstreamException {
        private static final long serialVersionUID = 1;

        RestingException(String message) {
            super(message);
        }
    }

    /** Asks through that client; the settings say how long an upstream that cannot be reached is left alone. */
    Rests(UpstreamClient client, InstantSource clock, GateSettings settings) {
        this.client = client;
        this.clock = clock;
        this.outage = settings.outage();
        // An index names the servers of its files, and so chooses how many there are and how long their names.
        this.rests = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForNotes())
                .weigher((Key key, Rest rest) -> 300
                        + key.upstream().length()
                        + key.origin().length()
                        + rest.why().length())
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Answer ask(Ask ask) throws IOException {
        Key key = key(ask.upstream(), ask.uri());
        Instant now = clock.instant();
        Rest rest = current(key, now);
        if (rest != null) {
            throw new RestingException(rest.why());
        }
        try {
            Answer answer = client.ask(ask);
            if (answer.status() == 429 || answer.status() == 503) {
                Instant asked = answer.retryAfter(now);
                if (asked != null && asked.isAfter(now)) {
                    Instant latest = now.plus(LONGEST);
                    Instant until = asked.isBefore(latest) ? asked : latest;
                    rests.put(
                            key,
                            new Rest(
                                    until,
                                    "upstream '" + ask.upstream().id() + "' answered " + answer.status()
                                            + " and is to be asked again from " + until + " on"));
                }
            }
            return answer;
        } catch (UnreachableException e) {
            rests.put(key, new Rest(now.plus(outage), String.valueOf(e.getMessage())));
            throw e;
        }
    }

    /** How long the first of those upstreams that rest goes on resting, or null when none does. */
    @Nullable
    Duration left(List<Upstream> upstreams) {
        Instant now = clock.instant();
        Instant first = null;
        for (Upstream upstream : upstreams) {
            Rest rest = current(key(upstream, upstream.url()), now);
            if (rest != null && (first == null || rest.until().isBefore(first))) {
                first = rest.until();
            }
        }
        return first == null ? null : Duration.between(now, first);
    }

    /** Ids of the upstreams that are left alone now. */
    Set<String> resting() {
        Instant now = clock.instant();
        Set<String> resting = new TreeSet<>();
        for (Key key : rests.asMap().keySet()) {
            if (current(key, now) != null) {
                resting.add(key.upstream().substring(0, key.upstream().indexOf(' ')));
            }
        }
        return resting;
    }

    private @Nullable Rest current(Key key, Instant now) {
        Rest rest = rests.getIfPresent(key);
        // a clock that stepped back makes no rest longer
        return rest == null || !now.isBefore(rest.until()) || rest.until().isAfter(now.plus(LONGEST)) ? null : rest;
    }

    private static Key key(Upstream upstream, URI uri) {
        return new Key(upstream.id() + " " + upstream.url(), uri.getScheme() + "://" + uri.getRawAuthority());
    }
}
