package dev.sluice.kernel.artifact;

import java.util.ArrayList;
import java.util.List;
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
     * @param others what sources that are trusted less say of it, in order of trust; each without others
     */
    record Known<T>(T value, String source, List<Known<T>> others) implements Signal<T> {

        /** Copies the list. */
        public Known(T value, String source, @Nullable List<Known<T>> others) {
            this.value = value;
            this.source = source;
            this.others = others == null ? List.of() : List.copyOf(others);
        }

        /** What one source says. */
        public Known(T value, String source) {
            this(value, source, List.of());
        }
    }

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
        return Optional.ofNullable(orNull());
    }

    /** The fact, or null where unknown. */
    default @Nullable T orNull() {
        return this instanceof Known<T> known ? known.value() : null;
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
            case Known<T> known ->
                new Known<>(
                        function.apply(known.value()),
                        known.source(),
                        known.others().stream()
                                .map(other -> new Known<>(function.apply(other.value()), other.source()))
                                .toList());
            case Unknown<T> unknown -> new Unknown<>(unknown.why());
        };
    }

    /** This, and beside it what a source that is trusted less says; that alone where this is not known. */
    default Signal<T> and(Signal<T> lesser) {
        if (!(this instanceof Known<T> known)) {
            return lesser.isKnown() ? lesser : this;
        }
        if (!(lesser instanceof Known<T> beside)) {
            return this;
        }
        List<Known<T>> all = new ArrayList<>(known.others());
        all.add(new Known<>(beside.value(), beside.source()));
        all.addAll(beside.others());
        return new Known<>(known.value(), known.source(), all);
    }

    /**
     * The same statements, led by the most trusted that is no blank text: to name nothing is no word against who names something.
     */
    static Signal<String> spoken(Signal<String> signal) {
        List<Known<String>> said = signal.statements();
        if (said.isEmpty() || !said.getFirst().value().isBlank()) {
            return signal;
        }
        List<Known<String>> spoken =
                said.stream().filter(each -> !each.value().isBlank()).toList();
        if (spoken.isEmpty()) {
            return signal;
        }
        Known<String> first = spoken.getFirst();
        List<Known<String>> others = new ArrayList<>();
        for (Known<String> each : said) {
            if (!each.equals(first)) {
                others.add(new Known<>(each.value(), each.source()));
            }
        }
        return new Known<>(first.value(), first.source(), others);
    }

    /** The same as another source says it. */
    default Signal<T> by(String source) {
        return this instanceof Known<T> known ? new Known<>(known.value(), source, known.others()) : this;
    }

    /** What every source says, the most trusted first; empty where nothing is known. */
    default List<Known<T>> statements() {
        if (!(this instanceof Known<T> known)) {
            return List.of();
        }
        List<Known<T>> all = new ArrayList<>();
        all.add(known);
        all.addAll(known.others());
        return all;
    }

    /** This when known, else the other. */
    default Signal<T> or(Signal<T> other) {
        return isKnown() ? this : other;
    }
}
