package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Learns what an index does not tell before versions are withheld for ignorance: from side-cars, descriptors, or the artifacts
 * themselves, and the files they inherit from; the newest versions within the request, older ones behind it.
 *
 * <p>Only versions are looked into whose decision what is learnt may change, so nothing is fetched where no policy reads the facts.
 * Bounded: versions of a package, files of a version, bytes of a file where the index tells them, files at once, packages at once,
 * time within a request. Thread-safe.
 */
final class Learning {

    /** Versions that are learnt within the request. */
    private static final int WITHIN = 3;

    /** Versions of a package that are learnt behind it, newest first; the next request for the index goes on. */
    private static final int BEHIND = 100;

    private static final int FILES_OF_A_VERSION = 2;
    private static final int FILES_AT_ONCE = 4;
    private static final int PACKAGES_AT_ONCE = 100;
    private static final long MOST_BYTES = 32L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private record Key(String repository, PackageName name) {}

    /** A version of which something may be learnt. */
    private record Lesson(JudgedRelease release, Candidate candidate) {}

    private final Blends blends;
    private final Judge judge;
    private final Artifacts artifacts;
    private final Reading reading;
    private final Ancestors ancestors;
    private final Ongoing ongoing;
    private final Semaphore turns = new Semaphore(FILES_AT_ONCE);

    /** The packages of which something is being learnt behind requests. Thread-safe. */
    static final class Ongoing {

        private final Set<Key> packages = ConcurrentHashMap.newKeySet();

        /** Whether something is being learnt of the package. */
        boolean contains(Repository repository, PackageName name) {
            return packages.contains(new Key(repository.id(), name));
        }
    }

    Learning(Blends blends, Judge judge, Artifacts artifacts, Reading reading, Ancestors ancestors, Ongoing ongoing) {
        this.blends = blends;
        this.judge = judge;
        this.artifacts = artifacts;
        this.reading = reading;
        this.ancestors = ancestors;
        this.ongoing = ongoing;
    }

    /**
     * Learns of what is withheld for ignorance; whether anything was learnt within the request, so that the index is to be judged
     * again.
     */
    boolean learn(Ecosystem format, Blend blend, Listed listed, Visit visit) {
        if (!judge.mayHangOnArtifacts()) {
            return false;
        }
        List<JudgedRelease> withheld = listed.newestWithheld(format.versionOrder(), 2 * BEHIND);
        List<Lesson> now = new ArrayList<>();
        int next = 0;
        while (next < withheld.size() && next < BEHIND && now.size() < WITHIN) {
            JudgedRelease release = withheld.get(next++);
            if (isIgnorance(format, blend, release, visit)) {
                now.add(new Lesson(release, candidate(format, blend, release)));
            }
        }
        if (now.isEmpty()) {
            return false;
        }
        List<CompletableFuture<Boolean>> lessons = now.stream()
                .map(lesson -> start(() -> learn(format, blend, lesson)))
                .toList();
        List<JudgedRelease> later = withheld.subList(next, Math.min(withheld.size(), next + BEHIND));
        behind(format, blend, List.copyOf(later), lessons, visit);
        return await(lessons);
    }

    /** The decision would be another one if what is not known were. */
    private boolean isIgnorance(Ecosystem format, Blend blend, JudgedRelease release, Visit visit) {
        Judge.Judgement judgement = judge.judge(candidate(format, blend, release), visit.actor());
        return !judgement.decision().isAllowed() && !judgement.isWithheldForGood();
    }

    private static Candidate candidate(Ecosystem format, Blend blend, JudgedRelease release) {
        return Candidate.of(format, blend, new Blend.Entry(release.release(), release.upstream()));
    }

    private void behind(
            Ecosystem format,
            Blend blend,
            List<JudgedRelease> later,
            List<CompletableFuture<Boolean>> before,
            Visit visit) {
        Key key = new Key(blend.repository.id(), blend.name);
        if (ongoing.packages.size() >= PACKAGES_AT_ONCE || !ongoing.packages.add(key)) {
            return; // the next request for the index begins it
        }
        CompletableFuture<Boolean> _ = start(
                () -> { // what cannot be learnt stays unknown
                    try {
                        before.forEach(CompletableFuture::join);
                        for (JudgedRelease release : later) {
                            if (isIgnorance(format, blend, release, visit)) {
                                learn(format, blend, new Lesson(release, candidate(format, blend, release)));
                            }
                        }
                        return true;
                    } finally {
                        ongoing.packages.remove(key);
                    }
                });
    }

    private static CompletableFuture<Boolean> start(BooleanSupplier work) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread.ofVirtual().name("learning").start(() -> {
            boolean learnt = false;
            try {
                learnt = work.getAsBoolean();
            } catch (RuntimeException e) {
                // a store that fails tells so where it is asked next; what was not learnt stays unknown and withheld
            } finally {
                done.complete(learnt);
            }
        });
        return done;
    }

    private static boolean await(List<CompletableFuture<Boolean>> lessons) {
        try {
            CompletableFuture.allOf(lessons.toArray(CompletableFuture[]::new))
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // what is not learnt by now is learnt behind the request
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lessons.stream().anyMatch(lesson -> lesson.getNow(false));
    }

    private boolean learn(Ecosystem format, Blend blend, Lesson lesson) {
        try {
            if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return false; // others learn already; the next request for the index begins anew
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            Release release = lesson.release().release();
            List<FileWant> telling = format.proxying().telling(blend.repository, blend.name, release).stream()
                    .filter(want -> size(release, want) <= MOST_BYTES)
                    .limit(FILES_OF_A_VERSION)
                    .toList();
            long before = blends.stamps(blend.name).history();
            for (FileWant want : telling) {
                StoredFile kept = artifacts.kept(want);
                boolean known = kept != null && reading.isLearnt(kept);
                StoredFile file = known ? kept : obtain(blend, lesson, want, kept);
                boolean tells = file != null && reading.tells(format, file);
                if (tells) {
                    ancestors.learn(format, want); // what it leaves to them may be what is missing
                }
                if (tells && (!known || blends.stamps(blend.name).history() != before)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // an upstream's fault was recorded; what is not known stays withheld
        } finally {
            turns.release();
        }
    }

    private static long size(Release release, FileWant want) {
        ReleaseFile listed = release.file(want.fileName());
        return listed == null ? -1 : listed.size();
    }

    private @Nullable StoredFile obtain(Blend blend, Lesson lesson, FileWant want, @Nullable StoredFile kept)
            throws IOException {
        String source = lesson.release().upstream();
        if (kept != null) {
            return Objects.equals(kept.upstream(), source) ? kept : null;
        }
        List<Upstream> upstreams = source == null
                ? List.of()
                : blends.askable(blend.repository, blend.name, lesson.release().version(), blend.untrusted).stream()
                        .filter(upstream -> upstream.id().equals(source))
                        .toList();
        try {
            return artifacts.fetch(want, lesson.candidate(), upstreams, null).file();
        } catch (BlobsUnavailableException e) {
            return null;
        }
    }
}
