package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.PackageName;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A named place that holds packages of any format and may fetch what it lacks.
 *
 * @param name lower-case letters, digits, dots, dashes; part of its addresses
 * @param openReads whether reading needs no token
 * @param upstreams all of its upstreams, by priority
 * @param reserved names that are never asked upstream
 */
public record Repository(String name, boolean openReads, List<Upstream> upstreams, List<ReservedName> reserved) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,49}");

    /** Sorts the upstreams and checks the name. Throws IllegalArgumentException. */
    public Repository {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "repository name '" + name + "': use 1 to 50 lower-case letters, digits, dots and dashes");
        }
        upstreams = upstreams.stream()
                .sorted(Comparator.comparingInt(Upstream::priority).thenComparing(Upstream::id))
                .toList();
        reserved = List.copyOf(reserved);
    }

    /** The upstreams that may be asked for the package: those of its format, none when the name is reserved. */
    public List<Upstream> upstreamsFor(PackageName packageName) {
        if (isReserved(packageName)) {
            return List.of();
        }
        return upstreams(packageName.format());
    }

    /** The upstreams of a format, by priority. */
    public List<Upstream> upstreams(String format) {
        return upstreams.stream().filter(u -> u.format().equals(format)).toList();
    }

    /** Whether the name is kept for hosted packages. */
    public boolean isReserved(PackageName packageName) {
        return reserved.stream().anyMatch(r -> r.covers(packageName));
    }
}
