package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A record that arrives under an identifier that is kept already.
 *
 * <p>Databases of different ecosystems publish records of their own under one CVE, and there are feeds that cut a record into
 * one file per ecosystem. So what the kept record says of formats that the next one says nothing of, stays; of the formats it
 * does speak of, the next record alone counts. A record that gives up a whole ecosystem keeps blocking there until it is
 * withdrawn: the lesser harm.
 */
final class SharedRecord {

    private SharedRecord() {}

    /**
     * What to keep when that record arrives: itself, or itself with what the kept one says of other formats.
     *
     * @param dated whether it tells when it was changed; one that does not counts as changed when the kept one was, so that what
     *     it says is not passed over as older
     */
    static Advisory merged(AdvisoryStore.Import target, Advisory arrived, boolean dated) {
        Advisory kept = target.find(arrived.id());
        if (kept == null) {
            return arrived;
        }
        Advisory next = dated ? arrived : changed(arrived, kept.modified());
        Set<String> formats =
                next.affected().stream().map(a -> a.packageName().format()).collect(Collectors.toSet());
        List<Advisory.Affected> others = kept.affected().stream()
                .filter(affected -> !formats.contains(affected.packageName().format()))
                .toList();
        if (others.isEmpty()) {
            return next;
        }
        Advisory newer = kept.modified().isAfter(next.modified()) ? kept : next;
        Instant keptWithdrawn = kept.withdrawn();
        return new Advisory(
                next.id(),
                Stream.concat(kept.aliases().stream(), next.aliases().stream())
                        .distinct()
                        .sorted()
                        .toList(),
                newer.summary(),
                newer.details(),
                newer.severities(),
                newer.severityLabel(),
                newer.published(),
                newer.modified(),
                keptWithdrawn == null ? null : next.withdrawn(),
                Stream.concat(others.stream(), next.affected().stream())
                        .sorted(Comparator.comparing(Advisory.Affected::packageName))
                        .toList(),
                newer.references(),
                newer.source(),
                kept.malicious() || next.malicious(),
                newer.weaknesses());
    }

    private static Advisory changed(Advisory advisory, Instant modified) {
        return new Advisory(
                advisory.id(),
                advisory.aliases(),
                advisory.summary(),
                advisory.details(),
                advisory.severities(),
                advisory.severityLabel(),
                advisory.published(),
                modified,
                advisory.withdrawn(),
                advisory.affected(),
                advisory.references(),
                advisory.source(),
                advisory.malicious(),
                advisory.weaknesses());
    }

    /**
     * Takes out of the kept record what it says of that format, and the record when it says nothing else. Gives whether there
     * was something to take out.
     */
    static boolean without(AdvisoryStore.Import target, String id, String format) {
        Advisory kept = target.find(id);
        if (kept == null) {
            return false;
        }
        List<Advisory.Affected> others = kept.affected().stream()
                .filter(affected -> !affected.packageName().format().equals(format))
                .toList();
        if (others.size() == kept.affected().size()) {
            return false;
        }
        target.remove(AdvisoryStore.Import.Kind.ADVISORY, id);
        if (!others.isEmpty()) {
            target.put(new Advisory(
                    kept.id(),
                    kept.aliases(),
                    kept.summary(),
                    kept.details(),
                    kept.severities(),
                    kept.severityLabel(),
                    kept.published(),
                    kept.modified(),
                    kept.withdrawn(),
                    others,
                    kept.references(),
                    kept.source(),
                    kept.malicious(),
                    kept.weaknesses()));
        }
        return true;
    }
}
