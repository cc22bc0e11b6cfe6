package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.storage.DamagedException;
import dev.sluice.storage.Mark;
import dev.sluice.storage.blob.S3Location;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.SqlMark;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of an installation, which belong together: one that is gone while others are there was lost, one of another installation
 * is in the wrong place. With it the installation would know no or other reserved names, policies, malware, or what happened.
 */
public final class Parts {

    static final String STORES = "sluice.db";
    static final String ADVISORIES = "advisories.db";
    static final String JOURNAL = "journal";
    static final String BLOBS = "blobs";

    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    /** What is lost with each part, in the order in which they are looked at. */
    private static final Map<String, String> LOSSES = losses();

    /** Follows the identifier in the first mark that is written, until all the others are. */
    private static final String BEGUN = " begun";

    private Parts() {}

    private static Map<String, String> losses() {
        Map<String, String> losses = new LinkedHashMap<>();
        losses.put(STORES, "repositories, reserved names, tokens, policies and what was published are in it");
        losses.put(ADVISORIES, "without it no malware and no vulnerability is known before the next import");
        losses.put(JOURNAL, "it says what was released to whom, and why");
        losses.put(BLOBS, "the bytes of what was published are in it");
        return losses;
    }

    /**
     * Sees that no part is missing, before anything is opened or made. A start that was killed while it made everything is no loss.
     * What others may use as well is only looked at by {@link #agree}.
     *
     * @throws DamagedException naming the part and the ways out, unless it is accepted to begin it anew
     */
    static void check(Configuration configuration, Path data) throws IOException {
        Set<String> accepted = accepted(configuration);
        if (Home.isShared(configuration)) {
            return; // the database tells by itself
        }
        Path stores = Home.databases(configuration, data).resolve(STORES);
        Path advisories = stores.resolveSibling(ADVISORIES);
        Path journal = data.resolve("journal");
        Path blobs = blobs(configuration, data);
        boolean hasEvents = !SegmentJournal.isEmpty(journal);
        boolean begun = hasEvents || (blobs != null && holdsBlobs(blobs));
        List<String> missing = new ArrayList<>();
        if (isMissing(stores) && (begun || !isMissing(advisories))) {
            missing.add(STORES);
        }
        if (isMissing(advisories) && begun) {
            missing.add(ADVISORIES);
        }
        if (!Files.isDirectory(journal.resolve("log")) && !isMissing(stores)) {
            missing.add(JOURNAL);
        }
        // not the directory itself: where a disk was mounted, an empty one stays
        if (blobs != null && !Files.isDirectory(blobs.resolve("sha256")) && hasEvents) {
            missing.add(BLOBS);
        }
        missing.removeIf(part -> {
            boolean fine = accepted.contains(part);
            if (fine) {
                LOG.warn("{} is missing and begins anew, as was accepted", part);
            }
            return fine;
        });
        if (!missing.isEmpty()) {
            throw refusal(
                    configuration,
                    data,
                    missing,
                    " is missing in",
                    ", although this is no new installation",
                    "accept the loss");
        }
    }

    /** SQLite takes an empty file for a new database. */
    private static boolean isMissing(Path database) {
        return !Files.exists(database) || database.toFile().length() == 0;
    }

    /**
     * Sees that all parts belong to one installation, wherever they are: each says so in a mark. A new installation, or one of a
     * version that had no marks, gets them here; nodes that start at once on one database all get the same.
     *
     * @throws DamagedException naming the parts that do not belong, and the ways out, unless it is accepted to take them as they are
     */
    static void agree(Configuration configuration, Path data, Home home, BlobStore blobs, Ulid ids) throws IOException {
        Set<String> accepted = accepted(configuration);
        Map<String, Mark> others = new LinkedHashMap<>(home.marks());
        Home.mark(blobs).ifPresent(mark -> others.put(BLOBS, mark));
        SqlMark first = home.database().mark();
        String said = first.read().orElse("");
        if (said.isEmpty() || accepted.contains(STORES)) {
            String known = saidBy(others, accepted);
            if (known != null && !known.equals(said)) {
                if (!accepted.contains(STORES)) {
                    throw refusal(
                            configuration,
                            data,
                            List.of(STORES),
                            " in",
                            " does not belong to the other parts",
                            "take it as it is");
                }
                LOG.warn("{} is taken for that of the other parts, as was accepted", STORES);
                first.write(known);
                said = known;
            } else if (said.isEmpty()) {
                said = first.claim(ids.next() + BEGUN);
            }
        }
        boolean begun = said.endsWith(BEGUN);
        String id = begun ? said.substring(0, said.length() - BEGUN.length()) : said;
        List<String> foreign = new ArrayList<>();
        for (Map.Entry<String, Mark> other : others.entrySet()) {
            String says = other.getValue().read().orElse("");
            if (says.equals(id)) {
                continue;
            }
            boolean fine = accepted.contains(other.getKey());
            if (fine) {
                LOG.warn("{} is taken for a part of this installation, as was accepted", other.getKey());
            }
            if (fine || (begun && says.isEmpty())) {
                other.getValue().write(id);
            } else {
                foreign.add(other.getKey());
            }
        }
        if (!foreign.isEmpty()) {
            throw refusal(
                    configuration,
                    data,
                    foreign,
                    " in",
                    " does not belong to this installation: it is another's, or was begun anew or copied without its mark",
                    "take it as it is");
        }
        if (begun) {
            first.write(id);
        }
    }

    /** The installation that parts say they belong to which are not taken whatever they say; null when none says anything. */
    private static @Nullable String saidBy(Map<String, Mark> others, Set<String> accepted) throws IOException {
        for (Map.Entry<String, Mark> other : others.entrySet()) {
            Optional<String> says = other.getValue().read();
            if (says.isPresent() && !accepted.contains(other.getKey())) {
                return says.get();
            }
        }
        return null;
    }

    private static DamagedException refusal(
            Configuration configuration, Path data, List<String> parts, String where, String what, String wayOut) {
        String part = parts.getFirst();
        return new DamagedException(
                part,
                part + where + " " + place(configuration, data, part) + what + "; " + LOSSES.get(part),
                "restore it from a backup (sluice restore), see that the right disk is mounted and the settings name the right"
                        + " place (nodes on one database share it), or " + wayOut + " with 'sluice serve --accept-new "
                        + String.join(",", parts) + "'",
                null);
    }

    private static String place(Configuration configuration, Path data, String part) {
        if (part.equals(BLOBS)) {
            return configuration
                    .find(Setting.BLOBS)
                    .orElse(data.resolve("blobs").toString());
        }
        Configuration.Value database = configuration.shown().get(Setting.DATABASE.key());
        return Home.isShared(configuration) && database != null
                ? database.value()
                : String.valueOf(part.equals(JOURNAL) ? data : Home.databases(configuration, data));
    }

    /** The directory of blobs, or null when they are in S3. */
    private static @Nullable Path blobs(Configuration configuration, Path data) {
        Optional<String> place = configuration.find(Setting.BLOBS);
        if (place.filter(S3Location::isS3).isPresent()) {
            return null;
        }
        return place.map(Path::of).orElse(data.resolve("blobs"));
    }

    private static Set<String> accepted(Configuration configuration) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : configuration.find(Setting.ACCEPT_NEW).orElse("").split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        Set<String> known = LOSSES.keySet();
        if (!known.containsAll(names)) {
            throw new ConfigurationException("accept-new takes the names of parts: sluice.db, advisories.db,"
                    + " journal, blobs; not " + String.join(",", names));
        }
        return names;
    }

    private static boolean holdsBlobs(Path blobs) throws IOException {
        Path sha256 = blobs.resolve("sha256");
        if (!Files.isDirectory(sha256)) {
            return false;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(sha256)) {
            return folders.iterator().hasNext();
        }
    }
}
