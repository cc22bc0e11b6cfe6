package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who failed is left alone for a while, and nobody else.
 *
 * <p>A host that takes no connection rests as a whole; that an upstream redirected there says nothing about the upstream. A
 * document that asks for it (429 or 503 with Retry-After), or for which nothing came in time, rests alone: only when {@value
 * #SEVERAL} different ones of a host fail within {@link #WINDOW}, and none succeeds between them, does the host rest. A server error
 * without Retry-After about one document rests nothing. Thread-safe.
 */
final class Rests implements UpstreamClient {

    /** No host keeps us away for longer, whatever it says. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** No single document does. */
    private static final Duration LONGEST_OF_ONE = Duration.ofMinutes(5);

    private static final int SEVERAL = 3;
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private final UpstreamClient client;
    private final InstantSource clock;
    private final Duration outage;
    private final Cache<Key, Kept> rests;
    private final Cache<Key, Trouble> troubles;

    /** A host, or one document of it; files may lie on another host than the index, and either may fail by itself. */
    private record Key(String upstream, String url, String address) {
        int weight() {
            return 300 + upstream.length() + url.length() + address.length();
        }
    }

    private record Kept(Instant until, String why, boolean whole) {}

    /** Documents of a host that failed one after the other. */
    private record Trouble(Instant since, Set<String> documents) {
        boolean holds(Instant now) {
            return !now.isBefore(since) && now.isBefore(since.plus(WINDOW));
        }

        Trouble and(String document) {
            Set<String> more = new LinkedHashSet<>(documents);
            more.add(document);
            return new Trouble(since, more);
        }
    }

    /** Something that is left alone, and was not asked. */
    static final class RestingException extends UpstreamException {
        private static final long serialVersionUID = 1;

        RestingException(String message) {
            super(message);
        }
    }

    /** Asks through that client; the settings say how long a host that cannot be reached is left alone. */
    Rests(UpstreamClient client, InstantSource clock, GateSettings settings) {
        this.client = client;
        this.clock = clock;
        this.outage = settings.outage();
        // An index names the servers of its files, and so chooses how many there are and how long their names.
        this.rests = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForNotes() / 2)
                .weigher((Key key, Kept rest) -> key.weight() + rest.why().length())
                .executor(Runnable::run)
                .build();
        this.troubles = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForNotes() / 2)
                .weigher((Key key, Trouble trouble) -> key.weight()
                        + trouble.documents().stream().mapToInt(String::length).sum())
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Answer ask(Ask ask) throws IOException {
        Instant now = clock.instant();
        Kept rest = current(host(ask.upstream(), ask.uri()), now);
        Kept kept = rest == null ? current(document(ask), now) : rest;
        if (kept != null) {
            throw new RestingException(kept.why());
        }
        if (ask.range() != null) {
            return client.ask(ask); // who gives no parts may give the whole, which is asked for next and tells
        }
        try {
            Answer answer = client.ask(ask);
            Key host = host(ask.upstream(), answer.uri());
            Instant until = answer.status() == 429 || answer.status() == 503 ? answer.retryAfter(now) : null;
            if (until != null && until.isAfter(now)) {
                failed(ask, host, until, now, "answered " + answer.status());
            } else if (answer.status() < 500 && answer.status() != 429) {
                troubles.invalidate(host);
            }
            return answer;
        } catch (UnreachableException e) {
            Key host = host(ask.upstream(), e.uri());
            if (e.connected()) {
                failed(ask, host, now.plus(outage), now, "did not answer");
            } else {
                rests.put(host, new Kept(now.plus(outage), String.valueOf(e.getMessage()), true));
            }
            throw e;
        }
    }

    private void failed(Ask ask, Key host, Instant until, Instant now, String how) {
        Instant own = earliest(until, now.plus(LONGEST_OF_ONE));
        rests.put(document(ask), new Kept(own, why(ask, how + " for one document", own), false));
        Trouble trouble = troubles.asMap()
                .compute(
                        host,
                        (key, former) -> (former != null && former.holds(now) ? former : new Trouble(now, Set.of()))
                                .and(document(ask).address()));
        if (trouble.documents().size() >= SEVERAL) {
            Instant all = earliest(until, now.plus(LONGEST));
            rests.put(host, new Kept(all, why(ask, how + " for " + SEVERAL + " documents in a row", all), true));
            troubles.invalidate(host);
        }
    }

    private static String why(Ask ask, String how, Instant until) {
        return "upstream '" + ask.upstream().id() + "' " + how + " and is to be asked again from " + until + " on";
    }

    private static Instant earliest(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /** What an upstream would be asked for something, or null when nothing. */
    @FunctionalInterface
    interface Asking {
        Proxying.@Nullable Question of(Upstream upstream);
    }

    /** How long the first of those that rest, hosts or the document that would be asked for, goes on resting; null when none does. */
    @Nullable
    Duration left(List<Upstream> upstreams, Asking asking) {
        Instant now = clock.instant();
        Instant first = null;
        for (Upstream upstream : upstreams) {
            Kept host = current(host(upstream, upstream.url()), now);
            Proxying.Question question = host == null ? asking.of(upstream) : null;
            Kept rest = question == null ? host : current(document(upstream, question.uri()), now);
            if (rest != null && (first == null || rest.until().isBefore(first))) {
                first = rest.until();
            }
        }
        return first == null ? null : Duration.between(now, first);
    }

    /** Everything that is left alone now: whole hosts first, by address. */
    List<Rest> current() {
        Instant now = clock.instant();
        List<Rest> current = new ArrayList<>();
        for (Key key : rests.asMap().keySet()) {
            Kept rest = current(key, now);
            if (rest != null) {
                current.add(new Rest(key.upstream(), key.url(), key.address(), rest.whole(), rest.until(), rest.why()));
            }
        }
        current.sort(Comparator.comparing(Rest::whole).reversed().thenComparing(Rest::address));
        return current;
    }

    /** Ids of the upstreams of which a whole host is left alone now. */
    Set<String> resting() {
        Set<String> resting = new TreeSet<>();
        current().stream().filter(Rest::whole).forEach(rest -> resting.add(rest.upstream()));
        return resting;
    }

    /** Ends every rest of upstreams with that id, or of all when it is null; how many ended. */
    int wake(@Nullable String upstream) {
        int woken = 0;
        Instant now = clock.instant();
        for (Key key : rests.asMap().keySet()) {
            if (upstream == null || key.upstream().equals(upstream)) {
                woken += current(key, now) == null ? 0 : 1;
                rests.invalidate(key);
            }
        }
        troubles.asMap()
                .keySet()
                .removeIf(key -> upstream == null || key.upstream().equals(upstream));
        return woken;
    }

    private @Nullable Kept current(Key key, Instant now) {
        Kept rest = rests.getIfPresent(key);
        // a clock that stepped back makes no rest longer
        return rest == null || !now.isBefore(rest.until()) || rest.until().isAfter(now.plus(LONGEST)) ? null : rest;
    }

    private static Key host(Upstream upstream, URI uri) {
        return new Key(upstream.id(), upstream.url().toString(), uri.getScheme() + "://" + uri.getRawAuthority());
    }

    private static Key document(Ask ask) {
        return document(ask.upstream(), ask.uri());
    }

    private static Key document(Upstream upstream, URI uri) {
        return new Key(upstream.id(), upstream.url().toString(), uri.toString());
    }
}
