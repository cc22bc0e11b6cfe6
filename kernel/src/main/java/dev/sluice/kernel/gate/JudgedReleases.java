package dev.sluice.kernel.gate;

import dev.sluice.kernel.policy.Decision;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The releases of a blend with their decisions: the decisions are kept, the releases made anew as they are looked at, so that what
 * was judged takes next to nothing beside the page it was judged from. Filled by one thread, then immutable and thread-safe.
 */
final class JudgedReleases extends AbstractList<JudgedRelease> { // no RandomAccess: a stream must iterate

    private final List<Listed.Source> sources;
    private final List<Decision> decisions;
    private final Map<String, Map<String, Decision>> ofFiles;

    /**
     * What is decided about a release.
     *
     * @param files decisions about files that are judged on their own, by name; empty where all are as the release's
     */
    record Decided(Decision decision, Map<String, Decision> files) {
        /** Copies the map. */
        Decided {
            // files that are all decided about as the release is follow it anyway
            files = files.values().stream().allMatch(decision::equals) ? Map.of() : Map.copyOf(files);
        }
    }

    /** None yet. */
    JudgedReleases(Blend blend) {
        this(blend.sources, new ArrayList<>(), new HashMap<>());
    }

    private JudgedReleases(
            List<Listed.Source> sources, List<Decision> decisions, Map<String, Map<String, Decision>> ofFiles) {
        this.sources = sources;
        this.decisions = decisions;
        this.ofFiles = ofFiles;
    }

    /** Adds the next release of the blend. */
    void add(Blend.Entry entry, Decided decided) {
        decisions.add(decided.decision());
        if (!decided.files().isEmpty()) {
            ofFiles.put(entry.release().version(), decided.files());
        }
    }

    /** The same but for some versions about which is decided otherwise; this itself when about none is. */
    JudgedReleases with(Map<String, Decided> otherwise) {
        List<Decision> changed = new ArrayList<>(decisions);
        Map<String, Map<String, Decision>> changedFiles = new HashMap<>(ofFiles);
        Set<String> seen = new HashSet<>();
        for (Listed.Source source : sources) {
            for (String version : source.index().versions()) {
                Decided decided = seen.add(version) ? otherwise.get(version) : null;
                if (decided != null) {
                    changed.set(seen.size() - 1, decided.decision());
                    changedFiles.remove(version);
                    if (!decided.files().isEmpty()) {
                        changedFiles.put(version, decided.files());
                    }
                }
            }
        }
        return changed.equals(decisions) && changedFiles.equals(ofFiles)
                ? this
                : new JudgedReleases(sources, changed, changedFiles);
    }

    /** Whether nothing is withheld, neither a release nor a file of one; needs the decisions only. */
    boolean areAllAllowed() {
        return decisions.stream().allMatch(Decision::isAllowed)
                && ofFiles.values().stream()
                        .allMatch(files -> files.values().stream().allMatch(Decision::isAllowed));
    }

    @Override
    public int size() {
        return decisions.size();
    }

    @Override
    public JudgedRelease get(int index) {
        Iterator<JudgedRelease> all = iterator();
        for (int i = 0; i < index; i++) {
            all.next();
        }
        return all.next();
    }

    @Override
    public Iterator<JudgedRelease> iterator() {
        Iterator<Blend.Entry> entries = Blend.entries(sources).iterator();
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < decisions.size();
            }

            @Override
            public JudgedRelease next() {
                Blend.Entry entry = entries.next();
                return new JudgedRelease(
                        entry.release(),
                        entry.upstream(),
                        decisions.get(next++),
                        ofFiles.getOrDefault(entry.release().version(), Map.of()));
            }
        };
    }

    /** How much memory the decisions take, in bytes; the blend counts itself. */
    long weight() {
        long bytes = 200 + 5L * decisions.size();
        for (Decision decision : decisions) {
            bytes += weight(decision);
        }
        for (Map<String, Decision> files : ofFiles.values()) {
            for (Map.Entry<String, Decision> file : files.entrySet()) {
                bytes += 80 + file.getKey().length() + weight(file.getValue());
            }
        }
        return bytes;
    }

    private static long weight(Decision decision) {
        return decision.equals(Decision.AVAILABLE)
                ? 0
                : 64 + 150L * decision.verdicts().size();
    }
}
