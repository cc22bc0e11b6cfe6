package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.PackageName;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A named place that holds packages of any format and may fetch what it lacks.
 *
 * <p>It keeps answering to every name it ever had, so that lock files which hold its addresses go on working after a rename.
 *
 * @param id what everything stored for it is kept under: the name it was created with; never changes
 * @param name lower-case letters, digits, dots, dashes; part of its addresses
 * @param formerNames names it had before and still answers to; never the present one
 * @param openReads whether reading needs no token
 * @param upstreams all of its upstreams, by priority
 * @param reserved names that are never asked upstream
 */
public record Repository(
        String id,
        String name,
        Set<String> formerNames,
        boolean openReads,
        List<Upstream> upstreams,
        List<NamePattern> reserved) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,49}");

    /** A repository that never had another name. */
    public Repository(String name, boolean openReads, List<Upstream> upstreams, List<NamePattern> reserved) {
        this(name, name, Set.of(), openReads, upstreams, reserved);
    }

    /** Sorts the upstreams and checks the name. Throws IllegalArgumentException. */
    public Repository {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "repository name '" + name + "': use 1 to 50 lower-case letters, digits, dots and dashes");
        }
        formerNames = Set.copyOf(formerNames);
        upstreams = upstreams.stream()
                .sorted(Comparator.comparingInt(Upstream::priority).thenComparing(Upstream::id))
                .toList();
        reserved = List.copyOf(reserved);
    }

    /** Whether that is its name or was. */
    public boolean answersTo(String text) {
        return name.equals(text) || formerNames.contains(text);
    }

    /** The same repository under another name; the present one becomes a former one. */
    public Repository renamed(String newName) {
        Set<String> former = new HashSet<>(formerNames);
        former.add(name);
        former.remove(newName);
        return new Repository(id, newName, former, openReads, upstreams, reserved);
    }

    /** The same repository with other rules. */
    public Repository with(boolean newOpenReads, List<Upstream> newUpstreams, List<NamePattern> newReserved) {
        return new Repository(id, name, formerNames, newOpenReads, newUpstreams, newReserved);
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
        if (reserved.isEmpty()) {
            return false;
        }
        String name = NamePattern.folded(packageName);
        return reserved.stream().anyMatch(r -> r.covers(packageName.format(), name));
    }
}
