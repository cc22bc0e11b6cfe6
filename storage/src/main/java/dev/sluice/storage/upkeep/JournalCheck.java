package dev.sluice.storage.upkeep;

import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A way to read a journal from end to end and tell what is wrong with it. */
@FunctionalInterface
public interface JournalCheck {

    /**
     * What reading found.
     *
     * @param events how many there are
     * @param faults what is wrong, in words for people, the first of them
     * @param indexFaults what is wrong with an index that is made of the journal and can be made again, the first of it
     * @param unchecked why reading ended before the end although nothing is wrong with what was read, or null
     */
    record Result(
            long events,
            List<String> faults,
            List<String> indexFaults,
            @Nullable String unchecked) {
        /** Copies the lists. */
        public Result {
            faults = List.copyOf(faults);
            indexFaults = List.copyOf(indexFaults);
        }

        /** Without an index of its own. */
        public Result(long events, List<String> faults, @Nullable String unchecked) {
            this(events, faults, List.of(), unchecked);
        }
    }

    /** Reads every event; tells the count from time to time. Does not throw for what is wrong with the journal. */
    Result run(LongConsumer progress);
}
