package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.journal.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The refusals that somebody was told within the last minute: told the same again, they refer to the same record of the journal, so
 * that a client that tries on does not fill it. Thread-safe.
 */
final class ToldRefusals {

    private static final Duration WINDOW = Duration.ofMinutes(1);

    /**
     * What makes a refusal the same: who is told what of which file, with the same reasons and advice.
     *
     * @param file path of the file, or null when it is about a whole package
     */
    record Key(
            String user,
            @Nullable String tokenId,
            String address,
            String repository,
            Coordinates coordinates,
            @Nullable String file,
            String policy,
            List<String> reasons,
            @Nullable String nearest) {

        static Key of(
                Event.Actor actor, String repository, Coordinates coordinates, @Nullable String file, Refusal refusal) {
            return new Key(
                    actor.user(),
                    actor.tokenId(),
                    actor.address(),
                    repository,
                    coordinates,
                    file,
                    refusal.policy(),
                    refusal.reasons(),
                    refusal.nearestAllowed());
        }

        private int weight() {
            return 500 + reasons.stream().mapToInt(String::length).sum() + (file == null ? 0 : file.length());
        }
    }

    /**
     * A refusal on record.
     *
     * @param refusal as it was told first
     * @param at when
     * @param written when its record is durable
     * @param repeats how often it was told again
     */
    record Told(Refusal refusal, Instant at, CompletionStage<Void> written, long repeats) {
        private boolean stands(Instant now) {
            boolean failed = written.toCompletableFuture().isCompletedExceptionally();
            return !failed && !now.isBefore(at) && now.isBefore(at.plus(WINDOW));
        }
    }

    private final Cache<Key, Told> told;

    ToldRefusals(long memory) {
        this.told = Caffeine.newBuilder()
                .maximumWeight(memory)
                .weigher((Key key, Told each) -> key.weight())
                .executor(Runnable::run)
                .build();
    }

    /**
     * The refusal on record: that of the last minute, or the given one, which is then recorded.
     *
     * @param record records it, given the former one of the same kind, or null; at most once
     */
    Told tell(Key key, Refusal refusal, Instant now, Function<@Nullable Told, CompletionStage<Void>> record) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        @Nullable Told[] former = {null};
        Told is = told.asMap().compute(key, (same, before) -> {
            if (before != null && before.stands(now)) {
                return new Told(before.refusal(), before.at(), before.written(), before.repeats() + 1);
            }
            former[0] = before;
            return new Told(refusal, now, written, 0);
        });
        if (is.written() == written) {
            try {
                var _ = record.apply(former[0]).whenComplete((done, failure) -> {
                    if (failure == null) {
                        written.complete(null);
                    } else {
                        written.completeExceptionally(failure);
                    }
                });
            } catch (RuntimeException | Error e) {
                written.completeExceptionally(e); // nobody else waits for it
                throw e;
            }
        }
        return is;
    }
}
