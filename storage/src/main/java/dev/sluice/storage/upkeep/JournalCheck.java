package dev.sluice.storage.upkeep;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

    /** The check of a journal that is nothing but its tables: every page of it is read, ids are unique and in order. */
    static JournalCheck byPages(Journal journal) {
        return progress -> {
            List<String> faults = new ArrayList<>();
            long count = 0;
            @Nullable String before = null;
            try {
                journal.settle();
                List<Event> page = page(journal, null);
                while (!page.isEmpty()) {
                    for (Event event : page) {
                        if (before != null && event.id().compareTo(before) >= 0) {
                            faults.add("event " + event.id() + " does not come before " + before);
                        }
                        before = event.id();
                        count++;
                    }
                    progress.accept(count);
                    page = page(journal, page.getLast().id());
                }
            } catch (RuntimeException e) {
                return new Result(count, faults, "after " + count + " events, newest first: " + e.getMessage());
            }
            return new Result(count, faults, null);
        };
    }

    private static List<Event> page(Journal journal, @Nullable String before) {
        return journal.query(
                new Journal.Query(Set.<Kind>of(), null, null, null, null, null, null, null, null, null, before, 1000));
    }
}
