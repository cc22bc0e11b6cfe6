package dev.sluice.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.access.TokenSecrets.Presented;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: reads credentials from a request and checks them.
 *
 * <p>A token travels as {@code Authorization: Bearer}, as {@code Authorization: token}, bare, as the password of HTTP Basic with
 * any user name (or as the user name with no password), or in {@code X-Api-Key}. Tokens looked up are remembered until any
 * token changes; the secret is compared at every request. Thread-safe.
 */
final class Authentication {

    private static final int FAILURES_RECORDED_PER_MINUTE = 5;

    /** Memory for tokens looked up, and for addresses that failed: 2 MiB each, about 8,000 of them. */
    private static final long MEMORY = 2L << 20;

    /** Memory for tokens seen today: 8 MiB, about 30,000; the use of one that was forgotten is written down once more. */
    private static final long MEMORY_OF_THE_DAY = 8L << 20;

    /** An entry of such a cache but for the characters of its key. */
    private static final int ENTRY = 200;

    /** What credentials turned out to be. */
    sealed interface Result {}

    /** Somebody known, or nobody in particular when nothing was presented. */
    record Known(Principal principal) implements Result {}

    /** Credentials were presented and are not accepted; the reason is fit for the client. */
    record Rejected(String why) implements Result {}

    /** What a request presents: text of a token, or anything else. */
    record Credentials(String text) {
        @Override
        public String toString() {
            return "Credentials[****]";
        }
    }

    private static final Known ANONYMOUS = new Known(Principal.ANONYMOUS);

    private final Journal journal;
    private final Ulid ids;
    private final Remembered<Token> tokens;
    private final Cache<String, Boolean> seenToday;
    private final Cache<String, AtomicInteger> failures;

    Authentication(TokenStore tokens, Journal journal, Ulid ids, Ticker ticker) {
        this.tokens = new Remembered<>(tokens::revision, tokens::find, MEMORY);
        this.journal = journal;
        this.ids = ids;
        this.seenToday = Caffeine.newBuilder()
                .maximumWeight(MEMORY_OF_THE_DAY)
                .weigher((String id, Boolean seen) -> ENTRY + 2 * id.length())
                .expireAfterWrite(Duration.ofDays(1))
                .ticker(ticker)
                .build();
        this.failures = Caffeine.newBuilder()
                .maximumWeight(MEMORY)
                .weigher((String address, AtomicInteger count) -> ENTRY + 2 * address.length())
                .expireAfterWrite(Duration.ofMinutes(1))
                .ticker(ticker)
                .build();
    }

    /** What the request presents, or null when nothing. */
    static @Nullable Credentials credentials(Request request) {
        String header = request.header("Authorization");
        if (header == null || header.isBlank()) {
            String key = request.header("X-Api-Key");
            return key == null || key.isBlank() ? null : new Credentials(key.strip());
        }
        String value = header.strip();
        int blank = value.indexOf(' ');
        if (blank < 0) {
            return new Credentials(value);
        }
        String scheme = value.substring(0, blank);
        String rest = value.substring(blank + 1).strip();
        return new Credentials(scheme.equalsIgnoreCase("basic") ? tokenOfBasic(rest) : rest);
    }

    private static String tokenOfBasic(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return pair;
        }
        String user = pair.substring(0, colon);
        return TokenSecrets.parse(user) != null ? user : pair.substring(colon + 1);
    }

    /** The result if memory has it, else null: then {@link #check} may block. */
    @Nullable
    Result fromMemory(@Nullable Credentials credentials, Instant now) {
        if (credentials == null) {
            return ANONYMOUS;
        }
        Presented presented = TokenSecrets.parse(credentials.text());
        if (presented == null) {
            return null;
        }
        Remembered.Found<Token> found = tokens.fromMemory(presented.id());
        if (found == null || found.value().isEmpty() || seenToday.getIfPresent(presented.id()) == null) {
            return null;
        }
        Token token = found.value().get();
        return judge(presented, token, now) == null ? known(token) : null;
    }

    /** Checks credentials and records the login or the failure; may block. */
    Result check(@Nullable Credentials credentials, Instant now, String address, String userAgent) {
        if (credentials == null) {
            return ANONYMOUS;
        }
        Presented presented = TokenSecrets.parse(credentials.text());
        if (presented == null) {
            return rejected("the credentials are no token of this registry", null, now, address, userAgent);
        }
        Optional<Token> token = tokens.look(presented.id()).value();
        if (token.isEmpty()) {
            return rejected("the token is not known", presented.id(), now, address, userAgent);
        }
        String fault = judge(presented, token.get(), now);
        if (fault != null) {
            return rejected(fault, presented.id(), now, address, userAgent);
        }
        if (seenToday.getIfPresent(presented.id()) == null) {
            record(
                    Event.Kind.LOGIN,
                    token.get().user(),
                    presented.id(),
                    now,
                    address,
                    userAgent,
                    "token " + token.get().name() + " used for the first time today");
            seenToday.put(presented.id(), true);
        }
        return known(token.get());
    }

    private static Known known(Token token) {
        return new Known(new Principal(token.user(), token));
    }

    private static @Nullable String judge(Presented presented, Token token, Instant now) {
        if (!TokenSecrets.matches(presented, token)) {
            return "the token is not known";
        }
        Instant expiry = token.expiresAt();
        return expiry != null && !now.isBefore(expiry) ? "the token expired at " + expiry : null;
    }

    /** Not every failure is written down: somebody who guesses must not fill the disk. */
    private Rejected rejected(String why, @Nullable String tokenId, Instant now, String address, String userAgent) {
        int count = failures.get(address, a -> new AtomicInteger()).incrementAndGet();
        if (count <= FAILURES_RECORDED_PER_MINUTE) {
            String more = count < FAILURES_RECORDED_PER_MINUTE ? "" : "; more within this minute are not recorded";
            record(Event.Kind.LOGIN_FAILED, "anonymous", tokenId, now, address, userAgent, why + more);
        }
        return new Rejected(why);
    }

    private void record(
            Event.Kind kind,
            String user,
            @Nullable String tokenId,
            Instant now,
            String address,
            String userAgent,
            String message) {
        String agent = userAgent.length() <= 200 ? userAgent : userAgent.substring(0, 200);
        Event event = Event.of(ids.next(), now, kind, new Event.Actor(user, tokenId, address, agent), message);
        journal.append(event).toCompletableFuture().join();
    }
}
