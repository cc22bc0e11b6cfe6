package dev.sluice.formats.npm;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.Release;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A packument as this registry tells it: allowed versions only, every dist-tag on one of them, and what was withheld named where
 * npm looks for it.
 *
 * <p>Holds versions and decisions; the releases, which may be a hundred megabytes, are made one after the other when they are written.
 */
final class Packument {

    /** Most withheld manifests named in the abbreviated form; enough for any range a person types. */
    private static final int MAX_RESTRICTED_ABBREVIATED = 50;

    private static final int MAX_RESTRICTED = 500;
    private static final int MAX_MESSAGE = 1_500;
    private static final String LATEST = "latest";

    private final PackageName name;
    private final List<Listed.Source> sources;
    private final List<JudgedRelease> releases;
    private final List<JudgedRelease> absent;
    private final Set<String> allowed = new LinkedHashSet<>();
    private final List<Withheld> withheld = new ArrayList<>();
    private final Set<String> withheldVersions = new HashSet<>();

    /** A version that may not leave, and why. */
    private record Withheld(String version, Decision decision) {}

    /**
     * A packument.
     *
     * @param sources what each source says beside its releases, hosted first where both have the package
     * @param releases every version once, judged
     */
    Packument(PackageName name, List<Listed.Source> sources, List<JudgedRelease> releases) {
        this(name, sources, releases, List.of());
    }

    /** @param absent withheld versions that no source has */
    private Packument(
            PackageName name, List<Listed.Source> sources, List<JudgedRelease> releases, List<JudgedRelease> absent) {
        this.name = name;
        this.sources = hostedFirst(sources);
        this.releases = releases;
        this.absent = absent;
        for (JudgedRelease release : releases) {
            if (release.isAllowed()) {
                allowed.add(release.version());
            } else {
                withheld.add(new Withheld(release.version(), release.decision()));
            }
        }
        absent.forEach(release -> withheld.add(new Withheld(release.version(), release.decision())));
        withheld.forEach(each -> withheldVersions.add(each.version()));
    }

    static Packument of(Listed listed) {
        return new Packument(listed.name(), listed.sources(), listed.releases(), listed.absent());
    }

    private static List<Listed.Source> hostedFirst(List<Listed.Source> sources) {
        List<Listed.Source> ordered = new ArrayList<>(sources);
        ordered.sort((a, b) -> Boolean.compare(a.upstream() != null, b.upstream() != null));
        return ordered;
    }

    /** The release of that version if it may leave, or null. */
    @Nullable
    JudgedRelease allowed(String version) {
        return allowed.contains(version) ? find(releases.stream(), version) : null;
    }

    /** The release of that version if it may not leave, or null. */
    @Nullable
    JudgedRelease withheld(String version) {
        return isWithheld(version) ? find(all(), version) : null;
    }

    private boolean isWithheld(String version) {
        return withheldVersions.contains(version);
    }

    private static @Nullable JudgedRelease find(Stream<JudgedRelease> releases, String version) {
        return releases.filter(r -> r.version().equals(version)).findFirst().orElse(null);
    }

    private Stream<JudgedRelease> all() {
        return Stream.concat(releases.stream(), absent.stream());
    }

    /** The version that each dist-tag stands for here. */
    Map<String, String> tags() {
        return tags(sources.stream()
                .map(source -> PackageDocument.read(source.index().document()))
                .toList());
    }

    /**
     * Tags of hosted packages win over upstream ones. A tag on a version that is withheld moves to the newest served one that is
     * not newer (stable ones first when it was on a stable one); one that cannot move is left out, and so is one on a version that
     * nobody has: clients say so, as they would without us. {@code latest} is always there: clients without it give up.
     */
    private Map<String, String> tags(List<PackageDocument> documents) {
        Map<String, String> told = new LinkedHashMap<>();
        told.put(LATEST, "");
        for (PackageDocument document : documents) {
            document.tags().forEach((tag, version) -> {
                if (!tag.equals("__proto__") && told.getOrDefault(tag, "").isEmpty()) {
                    told.put(tag, version);
                }
            });
        }
        Map<String, String> result = new LinkedHashMap<>();
        Ladder ladder = new Ladder(allowed);
        told.forEach((tag, version) -> {
            String target = ladder.holds(version)
                    ? version
                    : tag.equals(LATEST) || isWithheld(version) ? ladder.stepDown(version, tag.equals(LATEST)) : null;
            if (target != null) {
                result.put(tag, target);
            }
        });
        return result;
    }

    /** Allowed versions in order, sorted when first asked. */
    private static final class Ladder {
        private final Set<String> versions;
        private @Nullable List<String> sorted;

        Ladder(Set<String> versions) {
            this.versions = versions;
        }

        boolean holds(String version) {
            return versions.contains(version);
        }

        /** The version to put in place of one that is not here, or null. */
        @Nullable
        String stepDown(String version, boolean always) {
            List<String> ascending = sorted;
            if (ascending == null) {
                ascending = versions.stream().sorted(Names.VERSIONS).toList();
                sorted = ascending;
            }
            Predicate<String> stable = v -> Names.VERSIONS.isVersion(v) && !Names.VERSIONS.isPrerelease(v);
            Predicate<String> notNewer = v -> Names.VERSIONS.compare(v, version) <= 0;
            String found = null;
            if (Names.VERSIONS.isVersion(version)) {
                boolean wasStable = stable.test(version);
                found = always || wasStable ? last(ascending, stable.and(notNewer)) : last(ascending, notNewer);
                if (found == null && wasStable && !always) {
                    found = last(ascending, notNewer);
                }
            }
            if (found == null && always) {
                found = last(ascending, stable);
            }
            return found == null && always ? last(ascending, v -> true) : found;
        }

        private static @Nullable String last(List<String> ascending, Predicate<String> wanted) {
            for (int i = ascending.size() - 1; i >= 0; i--) {
                if (wanted.test(ascending.get(i))) {
                    return ascending.get(i);
                }
            }
            return null;
        }
    }

    /**
     * The document.
     *
     * @param abbreviated whether to leave out what installing does not need
     * @param base address of the repository for this format, ending in a slash
     */
    byte[] render(boolean abbreviated, String base) {
        List<PackageDocument> documents = sources.stream()
                .map(source -> PackageDocument.read(source.index().document()))
                .toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream(estimate(abbreviated));
        Json.ObjectWriter packument = new Json.ObjectWriter(out);
        if (!abbreviated) {
            packument.text("_id", name.name());
        }
        packument.text("name", name.name());
        packument.texts("dist-tags", tags(documents));
        writeVersions(allowed(), abbreviated, base, new Json.ObjectWriter(packument.member("versions")));
        Instant modified = modified(documents);
        writeTimes(documents, modified, new Json.ObjectWriter(packument.member("time")));
        if (modified != null) {
            packument.text("modified", PackageDocument.text(modified));
        }
        if (!abbreviated && !documents.isEmpty()) {
            documents.getFirst().about().forEach(packument::raw);
        }
        if (!withheld.isEmpty()) {
            writeRestrictions(abbreviated, base, new Json.ObjectWriter(packument.member("policyRestrictions")));
        }
        packument.close();
        return out.toByteArray();
    }

    /** The releases that may leave, each made when its turn comes. */
    private Stream<JudgedRelease> allowed() {
        return releases.stream().filter(JudgedRelease::isAllowed);
    }

    private int estimate(boolean abbreviated) {
        long size = 4096;
        for (Listed.Source source : sources) {
            size += source.index().unpacked();
        }
        return Math.clamp(abbreviated ? size / 8 : size, 0, 1 << 27);
    }

    private void writeVersions(
            Stream<JudgedRelease> releases, boolean abbreviated, String base, Json.ObjectWriter versions) {
        releases.forEach(release -> {
            ByteArrayOutputStream manifest = versions.member(release.version());
            if (release.release().document().length > 0) {
                write(release.release(), abbreviated, base, manifest);
            } else { // nobody has it: npm reads no more than these two before it shows the message
                new Json.ObjectWriter(manifest)
                        .text("name", name.name())
                        .text("version", release.version())
                        .close();
            }
        });
        versions.close();
    }

    /** Writes the manifest of one version, its tarball addressed here. */
    static void write(Release release, boolean abbreviated, String base, ByteArrayOutputStream out) {
        Manifest.write(release.document(), tarball(release, base), abbreviated, out);
    }

    private static byte[] tarball(Release release, String base) {
        String url = release.files().isEmpty()
                ? ""
                : base + Names.encodePath(release.files().getFirst().path());
        String quoted = Json.quoted(url); // the base comes from the Host header
        return quoted.substring(1, quoted.length() - 1).getBytes(StandardCharsets.UTF_8);
    }

    /** Never older than any time served; what upstreams say of withheld versions does not count. */
    private @Nullable Instant modified(List<PackageDocument> documents) {
        Instant newest = null;
        for (JudgedRelease release : releases) {
            if (release.isAllowed()) {
                newest = later(newest, release.release().published().orNull());
            }
        }
        if (withheld.isEmpty() || newest == null) {
            for (PackageDocument document : documents) {
                newest = later(newest, document.modified());
            }
        }
        return newest;
    }

    private static @Nullable Instant later(@Nullable Instant left, @Nullable Instant right) {
        return left == null || (right != null && right.isAfter(left)) ? right : left;
    }

    private void writeTimes(List<PackageDocument> documents, @Nullable Instant modified, Json.ObjectWriter times) {
        documents.stream()
                .map(PackageDocument::created)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .ifPresent(created -> times.text("created", PackageDocument.text(created)));
        if (modified != null) {
            times.text("modified", PackageDocument.text(modified));
        }
        allowed()
                .forEach(release -> release.release()
                        .published()
                        .toOptional()
                        .ifPresent(at -> times.text(release.version(), PackageDocument.text(at))));
        times.close();
    }

    /**
     * What npm shows when only withheld versions satisfy a request (npm-pick-manifest reads {@code policyRestrictions}): the
     * newest withheld manifests and one message about them.
     */
    private void writeRestrictions(boolean abbreviated, String base, Json.ObjectWriter restrictions) {
        List<Withheld> newestFirst = new ArrayList<>(withheld);
        newestFirst.sort((a, b) -> Names.VERSIONS.compare(b.version(), a.version()));
        restrictions.text("message", message(newestFirst));
        int limit = abbreviated ? MAX_RESTRICTED_ABBREVIATED : MAX_RESTRICTED;
        Set<String> shown = new LinkedHashSet<>();
        newestFirst.subList(0, Math.min(limit, newestFirst.size())).forEach(w -> shown.add(w.version()));
        Map<String, JudgedRelease> found = new HashMap<>();
        all().filter(release -> shown.contains(release.version()))
                .forEach(release -> found.putIfAbsent(release.version(), release));
        writeVersions(
                shown.stream().map(found::get).filter(Objects::nonNull),
                abbreviated,
                base,
                new Json.ObjectWriter(restrictions.member("versions")));
        restrictions.close();
    }

    /** Which versions, which policy, why, until when; grouped so that a hundred versions make a few lines. */
    private static String message(List<Withheld> newestFirst) {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        for (Withheld release : newestFirst) {
            byReason.computeIfAbsent(reason(release.decision()), r -> new ArrayList<>())
                    .add(release.version());
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, List<String>> group : byReason.entrySet()) {
            List<String> versions = group.getValue();
            if (text.length() > MAX_MESSAGE) {
                return text.append("\nand more").toString();
            }
            text.append(text.isEmpty() ? "" : "\n")
                    .append(String.join(", ", versions.subList(0, Math.min(5, versions.size()))));
            if (versions.size() > 5) {
                text.append(" and ").append(versions.size() - 5).append(" more");
            }
            text.append(group.getKey());
        }
        return text.toString();
    }

    static String reason(Decision decision) {
        Verdict verdict = decision.decisive();
        if (verdict == null) {
            return ": withheld by policy";
        }
        String reasons = String.join(
                "; ", verdict.reasons().subList(0, Math.min(3, verdict.reasons().size())));
        StringBuilder text = new StringBuilder(": blocked by policy ")
                .append(verdict.policy().name());
        if (!reasons.isEmpty()) {
            text.append(" (").append(Json.cut(reasons, 400)).append(')');
        }
        if (decision.state() == PackageState.HIDDEN && decision.horizon().isBefore(Instant.MAX)) {
            text.append(", allowed from ")
                    .append(decision.horizon().truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
        }
        String advice = verdict.policy().description().strip();
        if (!advice.isEmpty()) {
            text.append(". ").append(advice);
        }
        return text.toString();
    }
}
