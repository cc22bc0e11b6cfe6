package dev.sluice.testkit;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A journal that keeps events in memory, for tests. It answers no consumption queries. */
public final class MemoryJournal implements Journal {

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private volatile boolean losing;

    /** An empty journal. */
    public MemoryJournal() {}

    /** Everything appended so far, in order. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    /** What was appended of that kind, in order. */
    public List<Event> events(Event.Kind kind) {
        return events.stream().filter(e -> e.kind().equals(kind)).toList();
    }

    /** From now on nothing that is appended arrives, as when its process was killed just before; or everything does again. */
    public void lose(boolean everything) {
        losing = everything;
    }

    @Override
    public CompletionStage<Void> append(Event event) {
        if (losing) {
            return new CompletableFuture<>();
        }
        events.add(event);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Optional<Event> find(String id) {
        return events.stream().filter(e -> e.id().equals(id)).findFirst();
    }

    @Override
    public List<Event> query(Query query) {
        return events.reversed().stream()
                .filter(e -> query.kinds().isEmpty() || query.kinds().contains(e.kind()))
                .limit(query.limit())
                .toList();
    }

    @Override
    public List<Consumption> consumption(Taken what, int limit) {
        throw new UnsupportedOperationException("the memory journal keeps no consumption");
    }

    @Override
    public Set<String> versions(PackageName name) {
        return events.stream()
                .map(event -> event.subject().coordinates())
                .filter(each -> each != null && each.packageName().equals(name))
                .map(Coordinates::version)
                .collect(Collectors.toSet());
    }

    @Override
    public void settle() {
        // queries see everything at once
    }
}
