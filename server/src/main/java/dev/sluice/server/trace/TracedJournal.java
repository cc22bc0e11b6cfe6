package dev.sluice.server.trace;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A journal with a span for each record of a request, from when it is handed over until it is durable. Thread-safe. */
final class TracedJournal implements Journal {

    private final Traces traces;
    private final Journal journal;

    TracedJournal(Traces traces, Journal journal) {
        this.traces = traces;
        this.journal = journal;
    }

    @Override
    public CompletionStage<Void> append(Event event) {
        Span span = traces.below("record", SpanKind.INTERNAL);
        if (span == null) {
            return journal.append(event);
        }
        span.setAttribute("sluice.event", event.kind().name().toLowerCase(Locale.ROOT));
        if (!event.policies().isEmpty()) {
            Traces.decided(event.policies());
        }
        CompletionStage<Void> written = journal.append(event);
        var _ = written.whenComplete((done, failure) -> {
            if (failure != null) {
                Throwable cause = failure.getCause();
                Traces.fail(span, failure instanceof CompletionException && cause != null ? cause : failure);
            }
            span.end();
        });
        return written;
    }

    @Override
    public Optional<Event> find(String id) {
        return journal.find(id);
    }

    @Override
    public List<Event> query(Query query) {
        return journal.query(query);
    }

    @Override
    public List<Consumption> consumption(Taken what, int limit) {
        return journal.consumption(what, limit);
    }

    @Override
    public Set<String> versions(PackageName name) {
        return journal.versions(name);
    }

    @Override
    public void settle() {
        journal.settle();
    }
}
