package dev.sluice.app;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.storage.blob.S3Location;
import dev.sluice.storage.journal.SegmentJournal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of an embedded installation, which belong together: one that is gone while others are there was lost, and an installation
 * without it is another one. It would know no reserved names, no policies, no malware, or nothing of what happened.
 */
final class Parts {

    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    /** What a part is called, and what is lost with it. */
    private record Part(String name, Path place, String loss) {}

    private Parts() {}

    /**
     * Sees that no part is missing, before anything is opened or made. A start that was killed while it made everything is no loss.
     *
     * @throws ConfigurationException naming the part and the ways out, unless it is accepted to begin it anew
     */
    static void check(Configuration configuration, Path data) throws IOException {
        Set<String> accepted = accepted(configuration);
        if (Home.isShared(configuration)) {
            return; // the database tells by itself
        }
        Path databases = Home.databases(configuration, data);
        Path journal = data.resolve("journal");
        boolean inS3 =
                configuration.find(Setting.BLOBS).filter(S3Location::isS3).isPresent();
        Path blobs = configuration
                .find(Setting.BLOBS)
                .map(place -> inS3 ? data : Path.of(place))
                .orElse(data.resolve("blobs"));
        boolean hasEvents = !SegmentJournal.isEmpty(journal);
        boolean begun = hasEvents || holdsBlobs(blobs);
        List<Part> missing = new ArrayList<>();
        if (!Files.exists(databases.resolve("sluice.db"))
                && (begun || Files.exists(databases.resolve("advisories.db")))) {
            missing.add(new Part(
                    "sluice.db",
                    databases,
                    "repositories, reserved names, tokens, policies and what was published are in it"));
        }
        if (!Files.exists(databases.resolve("advisories.db")) && begun) {
            missing.add(new Part(
                    "advisories.db",
                    databases,
                    "without it no malware and no vulnerability is known before the next import"));
        }
        if (!Files.isDirectory(journal.resolve("log")) && Files.exists(databases.resolve("sluice.db"))) {
            missing.add(new Part("journal", data, "it says what was released to whom, and why"));
        }
        // not the directory itself: where a disk was mounted, an empty one stays
        if (!inS3 && !Files.isDirectory(blobs.resolve("sha256")) && hasEvents) {
            missing.add(new Part("blobs", blobs, "the bytes of what was published are in it"));
        }
        missing.removeIf(part -> {
            boolean fine = accepted.contains(part.name());
            if (fine) {
                LOG.warn("{} is missing in {} and begins anew, as was accepted", part.name(), part.place());
            }
            return fine;
        });
        if (!missing.isEmpty()) {
            Part first = missing.getFirst();
            throw new ConfigurationException(first.name() + " is missing in " + first.place()
                    + ", although this is no new installation: " + first.loss()
                    + ". Restore it from a backup (sluice restore), see that the disk is mounted and data names the right"
                    + " directory, or accept the loss with 'sluice serve --accept-new " + names(missing) + "'");
        }
    }

    private static String names(List<Part> parts) {
        return String.join(",", parts.stream().map(Part::name).toList());
    }

    private static Set<String> accepted(Configuration configuration) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : configuration.find(Setting.ACCEPT_NEW).orElse("").split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        Set<String> known = Set.of("sluice.db", "advisories.db", "journal", "blobs");
        if (!known.containsAll(names)) {
            throw new ConfigurationException("accept-new takes the names of missing parts: sluice.db, advisories.db,"
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
