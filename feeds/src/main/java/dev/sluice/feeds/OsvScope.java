package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.advisory.AffectedRange.Event;
import dev.sluice.kernel.advisory.AffectedRange.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/**
 * Which versions one entry of an OSV record affects: its {@code ranges} and {@code versions}.
 *
 * <p>What cannot be read is taken as wide as it could mean, so that no version that the record is about passes for clean: an
 * end that cannot be read is no end, a beginning, a list or a type that cannot be read is everything. Not thread-safe.
 */
final class OsvScope {

    private static final int MAX_VERSION = 1_024;
    private static final int MAX_RANGES = 5_000;
    private static final int MAX_EVENTS = 10_000;
    private static final int MAX_VERSIONS = 100_000;

    /** Listed instead of a version, these mean more than one. */
    private static final String NO_VERSION = "*<>|, \t\r\n";

    private final JsonParser parser;
    private final Consumer<String> widening;
    private final List<AffectedRange> ranges = new ArrayList<>();
    private final Set<String> versions = new LinkedHashSet<>();
    private boolean said;
    private boolean commits;
    private boolean everything;

    /** Reads from that parser; what has to be taken wider than it can be read is named to {@code widening}. */
    OsvScope(JsonParser parser, Consumer<String> widening) {
        this.parser = parser;
        this.widening = widening;
    }

    /** Whether it says that it is about nothing, or about commits of a repository and no versions in an order. */
    boolean isOfNoPackage() {
        return said && ranges.isEmpty() && !everything && (commits || versions.isEmpty());
    }

    /** The ranges, after the last field. */
    List<AffectedRange> affectedRanges() {
        if (!everything && !commits && ranges.isEmpty() && versions.isEmpty()) {
            widen("entry that names no versions");
        }
        if (!everything) {
            return ranges;
        }
        List<AffectedRange> all = new ArrayList<>(ranges);
        all.add(AffectedRange.everything());
        return all;
    }

    /** The versions listed one by one, after the last field. */
    List<String> affectedVersions() {
        return List.copyOf(versions);
    }

    /** Reads {@code versions}. */
    void versions() {
        said = true;
        if (!JsonFields.each(parser, MAX_VERSIONS, () -> {
            String text = version();
            if (text == null || text.chars().anyMatch(c -> NO_VERSION.indexOf(c) >= 0)) {
                widen("version");
            } else {
                versions.add(text);
            }
        })) {
            widen("versions");
        }
    }

    /** Reads {@code ranges}. */
    void ranges() {
        said = true;
        if (!JsonFields.each(parser, MAX_RANGES, this::range)) {
            widen("ranges");
        }
    }

    private void range() {
        Range range = new Range();
        if (!JsonFields.members(parser, field -> {
            switch (field) {
                case "type" -> range.type();
                case "events" -> range.events();
                default -> parser.skipChildren();
            }
        })) {
            widen("range");
            return;
        }
        if (range.isOfCommits()) {
            commits = true;
        } else if (range.unknown != null) {
            widen(range.unknown);
        } else if (range.events.isEmpty()) {
            widen("range without events");
        } else {
            ranges.add(range.affected());
        }
    }

    private void widen(String what) {
        everything = true;
        widening.accept(what);
    }

    /** A version; null where there is none. A number is none: whoever wrote 1.1 may have meant 1.10. */
    private @Nullable String version() {
        String text = JsonFields.textOrNull(parser);
        String version = text == null ? "" : text.strip();
        version = version.startsWith("=") ? version.substring(1).strip() : version;
        return version.isEmpty() || version.length() > MAX_VERSION ? null : version;
    }

    /** One range under way. */
    private final class Range {
        private final Set<AffectedRange.Type> types = EnumSet.noneOf(AffectedRange.Type.class);
        private final List<Event> events = new ArrayList<>();
        private boolean oddType;
        private boolean limitless;
        private boolean widened;

        /** Why it may mean everything, or null. */
        private @Nullable String unknown;

        /** Whether it tells of commits and of nothing else, however its events are. */
        boolean isOfCommits() {
            return types.equals(EnumSet.of(AffectedRange.Type.GIT)) && !oddType;
        }

        /** Without a type, versions are read by the ecosystem's order, where commits have no place: then they mean everything. */
        void type() {
            String text = JsonFields.textOrNull(parser);
            switch (text == null ? "" : text.strip().toUpperCase(Locale.ROOT)) {
                case "SEMVER" -> types.add(AffectedRange.Type.SEMVER);
                case "ECOSYSTEM" -> types.add(AffectedRange.Type.ECOSYSTEM);
                case "GIT" -> types.add(AffectedRange.Type.GIT);
                default -> {
                    oddType = true;
                    unknown = "range type";
                }
            }
        }

        void events() {
            if (!JsonFields.each(parser, MAX_EVENTS, this::event)) {
                unknown = "range events";
            }
        }

        private void event() {
            List<Event> told = new ArrayList<>();
            Set<Kind> broken = EnumSet.noneOf(Kind.class);
            boolean[] known = new boolean[1];
            boolean isObject = JsonFields.members(parser, name -> {
                Kind kind = kind(name);
                if (kind == null) {
                    parser.skipChildren();
                    return;
                }
                known[0] = true;
                String version = version();
                if (version == null || told.stream().anyMatch(event -> event.kind() == kind)) {
                    broken.add(kind);
                } else {
                    told.add(new Event(kind, version));
                }
            });
            if (!isObject || !known[0]) {
                unknown = "range event";
            } else if (broken.contains(Kind.INTRODUCED)) {
                unknown = "range event introduced";
            }
            told.stream().filter(event -> !broken.contains(event.kind())).forEach(events::add);
            broken.remove(Kind.INTRODUCED);
            for (Kind kind : broken) {
                limitless |= kind == Kind.LIMIT;
                widened = true;
                widening.accept("range event " + kind.name().toLowerCase(Locale.ROOT));
            }
        }

        AffectedRange affected() {
            List<Event> all = new ArrayList<>(events);
            if (limitless) {
                all.removeIf(event -> event.kind() == Kind.LIMIT);
            }
            if (all.stream().noneMatch(event -> event.kind() == Kind.INTRODUCED)) {
                all.addFirst(new Event(Kind.INTRODUCED, "0"));
                widened = true;
                widening.accept("range without beginning");
            }
            AffectedRange.Type type = types.contains(AffectedRange.Type.SEMVER)
                    ? AffectedRange.Type.SEMVER
                    : AffectedRange.Type.ECOSYSTEM;
            return new AffectedRange(type, all, widened);
        }

        private static @Nullable Kind kind(String name) {
            return switch (name) {
                case "introduced" -> Kind.INTRODUCED;
                case "fixed" -> Kind.FIXED;
                case "last_affected" -> Kind.LAST_AFFECTED;
                case "limit" -> Kind.LIMIT;
                default -> null;
            };
        }
    }
}
