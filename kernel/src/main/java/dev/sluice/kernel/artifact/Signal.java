package dev.sluice.kernel.artifact;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A fact that may be unknown, and says so.
 *
 * <p>Unknown is not absent: a package that declares no licence has the known licence "none"; a package whose metadata was
 * never read has an unknown one. Policies decide what unknown means.
 *
 * @param <T> type of the fact
 */
public sealed interface Signal<T> {

    /**
     * A fact that is known.
     *
     * @param value the fact
     * @param source who says so, for example {@code upstream-index}, {@code last-modified}, {@code artifact}
     */
    record Known<T>(T value, String source) implements Signal<T> {}

    /**
     * A fact that is not known.
     *
     * @param why the reason, as shown to people
     */
    record Unknown<T>(String why) implements Signal<T> {}

    /** A known fact. */
    static <T> Signal<T> known(T value, String source) {
        return new Known<>(value, source);
    }

    /** An unknown fact. */
    static <T> Signal<T> unknown(String why) {
        return new Unknown<>(why);
    }

    /** Known when the value is there, else unknown for that reason. */
    static <T> Signal<T> ofNullable(@Nullable T value, String source, String otherwise) {
        return value == null ? unknown(otherwise) : known(value, source);
    }

    /** Whether the fact is known. */
    default boolean isKnown() {
        return this instanceof Known<T>;
    }

    /** The fact, if known. */
    default Optional<T> toOptional() {
        return this instanceof Known<T>(T value, String source) ? Optional.of(value) : Optional.empty();
    }

    /** The fact, or null where unknown. */
    default @Nullable T orNull() {
        return this instanceof Known<T>(T value, String source) ? value : null;
    }

    /** Who says so, or why it is unknown. */
    default String basis() {
        return switch (this) {
            case Known<T> known -> known.source();
            case Unknown<T> unknown -> unknown.why();
        };
    }

    /** The same knowledge about something derived from the fact. */
    default <R> Signal<R> map(Function<T, R> function) {
        return switch (this) {
            case Known<T> known -> new Known<>(function.apply(known.value()), known.source());
            case Unknown<T> unknown -> new Unknown<>(unknown.why());
        };
    }

    /** This when known, else the other. */
    default Signal<T> or(Signal<T> other) {
        return isKnown() ? this : other;
    }
}
