package dev.sluice.storage.journal;

import dev.sluice.kernel.journal.Journal;
import dev.sluice.testkit.contract.JournalContract;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SegmentJournalTest implements JournalContract {
    @TempDir
    Path directory = Path.of("");

    private @Nullable SegmentJournal journal;

    @Override
    public Journal journal() throws IOException {
        SegmentJournal known = journal;
        if (known == null) {
            known = SegmentJournal.open(directory);
            journal = known;
        }
        return known;
    }

    @Override
    public Journal reopened() throws IOException {
        close();
        return journal();
    }

    @AfterEach
    void close() throws IOException {
        if (journal != null) {
            journal.close();
            journal = null;
        }
    }
}
