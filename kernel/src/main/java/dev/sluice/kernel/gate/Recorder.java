package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes what the gate does into the journal; a visit is not answered before its records are durable. Thread-safe. */
final class Recorder {

    private final Journal journal;
    private final InstantSource clock;
    private final Ulid ids;
    private final ToldRefusals refusals;

    /** Lost files that the journal was told of lately. */
    private final Cache<String, Boolean> lost = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofDays(1))
            .executor(Runnable::run)
            .build();

    Recorder(Journal journal, InstantSource clock, Ulid ids, long memory) {
        this.refusals = new ToldRefusals(memory);
        this.journal = journal;
        this.clock = clock;
        this.ids = ids;
    }

    String nextId() {
        return ids.next();
    }

    void download(Visit visit, FileWant want, Ecosystem format, StoredFile file, Decision decision) {
        List<String> policies = policies(decision);
        append(
                visit,
                new Event(
                        ids.next(),
                        clock.instant(),
                        Event.Kind.DOWNLOAD,
                        visit.actor(),
                        subject(want.repository(), format, file.coordinates()),
                        bytes(file, file.upstream()),
                        policies,
                        "downloaded " + file.coordinates(),
                        policies.isEmpty()
                                ? "{}"
                                : Json.write(ObjectValue.builder()
                                        .put("decision", Explanations.decision(decision))
                                        .build())));
    }

    /**
     * Records a refusal unless the same was told to the same within the last minute; then that record stands for both.
     *
     * @param detail what the why page shows; put together only for what is recorded
     * @return the refusal that is on record, whose address explains it
     */
    Refusal refusal(Visit visit, Candidate candidate, @Nullable String path, Refusal refusal, Supplier<Value> detail) {
        String repository = candidate.repository().name();
        Coordinates coordinates = candidate.coordinates();
        ToldRefusals.Key key = ToldRefusals.Key.of(visit.actor(), repository, coordinates, path, refusal);
        Instant now = clock.instant();
        ToldRefusals.Told told = refusals.tell(
                key,
                refusal,
                now,
                former -> journal.append(new Event(
                        refusal.id(),
                        now,
                        Event.Kind.REFUSAL,
                        visit.actor(),
                        subject(candidate.repository(), candidate.format(), coordinates),
                        new Event.Bytes(path, null, null),
                        List.of(refusal.policy()),
                        refusal.subject() + " refused: " + String.join("; ", refusal.reasons()) + repeats(former),
                        Json.write(detail.get()))));
        if (told.repeats() == 0 || !told.written().toCompletableFuture().isDone()) {
            visit.awaits(told.written());
        }
        return told.refusal();
    }

    private static String repeats(ToldRefusals.@Nullable Told former) {
        return former == null || former.repeats() == 0
                ? ""
                : " (told " + former.repeats() + " times more within the minute of "
                        + former.refusal().id() + ")";
    }

    void hidden(Visit visit, Ecosystem format, Listed listed) {
        Withholding withholding = listed.withholding(format.versionOrder());
        if (withholding.count() == 0) {
            return;
        }
        append(
                visit,
                new Event(
                        ids.next(),
                        clock.instant(),
                        Event.Kind.HIDDEN,
                        visit.actor(),
                        subject(listed.repository(), format, listed.name()),
                        Event.Bytes.NONE,
                        withholding.policies(),
                        withholding.message(),
                        withholding.detail()));
    }

    /** The event of a publication, for {@link #told}. */
    Event published(
            Visit visit,
            Publication publication,
            Ecosystem format,
            @Nullable String version,
            @Nullable StoredFile file) {
        PackageName name = publication.packageName();
        return Event.of(ids.next(), clock.instant(), publication.kind(), visit.actor(), publication.message())
                .about(
                        version == null
                                ? subject(publication.repository(), format, name)
                                : subject(publication.repository(), format, new Coordinates(name, version)))
                .with(file == null ? Event.Bytes.NONE : bytes(file, null));
    }

    /** Tells the journal of a change that was made with those events, and the store when the journal has them. */
    void told(Visit visit, List<Event> events, HostedStore hosted) {
        for (Event event : events) {
            visit.awaits(journal.append(event).thenRun(() -> hosted.told(List.of(event.id()))));
        }
    }

    /**
     * Tells the journal of changes whose process was killed before it did; waits until the journal has them. To be called before
     * anything else changes what is published; beside other nodes it is harmless.
     */
    void tellUntold(HostedStore hosted) {
        List<Event> untold = hosted.untold();
        if (untold.isEmpty()) {
            return;
        }
        journal.settle();
        for (Event event : untold) {
            if (journal.find(event.id()).isEmpty()) {
                journal.append(event).toCompletableFuture().join();
            }
        }
        hosted.told(untold.stream().map(Event::id).toList());
    }

    void upstreamFault(Repository repository, Upstream upstream, PackageName name, String message) {
        upstreamFault(repository, upstream.id(), name, message);
    }

    void upstreamFault(Repository repository, String upstream, PackageName name, String message) {
        journal.append(Event.of(
                        ids.next(),
                        clock.instant(),
                        Event.Kind.UPSTREAM_FAULT,
                        Event.Actor.SYSTEM,
                        "upstream '" + upstream + "', " + name.name() + ": " + message)
                .about(Event.Subject.of(repository.name(), name))
                .with(new Event.Bytes(null, null, upstream)));
    }

    /** Tells that the bytes of a published file are lost; once a day for each. */
    void lost(Repository repository, StoredFile file) {
        if (lost.asMap().putIfAbsent(repository.id() + " " + file.path(), true) == null) {
            journal.append(Event.of(
                            ids.next(),
                            clock.instant(),
                            Event.Kind.DAMAGE,
                            Event.Actor.SYSTEM,
                            "the bytes of " + file.path() + " are lost or damaged; it is not released")
                    .about(Event.Subject.of(repository.name(), file.coordinates()))
                    .with(bytes(file, null)));
        }
    }

    private static Event.Subject subject(Repository repository, Ecosystem format, Coordinates version) {
        return Event.Subject.of(repository.name(), version)
                .as(format.purl(version).toString());
    }

    private static Event.Subject subject(Repository repository, Ecosystem format, PackageName name) {
        return Event.Subject.of(repository.name(), name)
                .as(format.purl(new Coordinates(name, "0")).packageOnly().toString());
    }

    private static Event.Bytes bytes(StoredFile file, @Nullable String upstream) {
        return new Event.Bytes(file.path(), file.contents().sha256().hex(), upstream);
    }

    private void append(Visit visit, Event event) {
        visit.awaits(journal.append(event));
    }

    private static List<String> policies(Decision decision) {
        return decision.verdicts().stream()
                .map(v -> v.policy().name())
                .distinct()
                .toList();
    }
}
