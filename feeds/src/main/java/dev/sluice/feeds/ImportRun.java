package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Freshness;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** One run of an import: files read one after the other into one transaction of the store. Not thread-safe. */
final class ImportRun {

    private static final int MAX_FILE_NAME = 1_000;

    private final AdvisoryStore.Import target;
    private final FeedLimits limits;
    private final Progress progress;
    private final Tally osv;
    private final Tally kev;
    private final Tally epss;
    private final FeedReader json;
    private final EpssReader csv;
    private final Spoken spoken = new Spoken();
    private Path current = Path.of("");
    private long records;

    /**
     * A run.
     *
     * @param source where advisories are said to come from; null for the name of their file
     * @param now when it runs; dates of the data that lie beyond it by more than clocks differ are none
     */
    ImportRun(
            AdvisoryStore.Import target,
            Map<String, Ecosystem> ecosystems,
            FeedLimits limits,
            @Nullable String source,
            Instant now,
            Progress progress) {
        this.target = target;
        this.limits = limits;
        this.progress = progress;
        Instant latest = now.plus(Freshness.SKEW);
        this.osv = new Tally("osv", latest);
        this.kev = new Tally("kev", latest);
        this.epss = new Tally("epss", latest);
        this.json = new FeedReader(target, ecosystems, limits, source, osv, kev, spoken, latest, this::counted);
        this.csv = new EpssReader(target, epss, this::counted);
    }

    void path(Path path) throws FeedException {
        if (!Files.isDirectory(path)) {
            file(path, true);
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(path)) {
            files = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> Kind.of(file.toString()) != Kind.UNKNOWN
                            || file.toString().endsWith(".zip"))
                    .limit(limits.files() + 1L)
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new FeedException(path, failed);
        } catch (UncheckedIOException failed) {
            throw new FeedException(path, new IOException(failed.getMessage(), failed));
        }
        if (files.size() > limits.files()) {
            throw new FeedException(path, "holds more than " + limits.files() + " files");
        }
        if (files.isEmpty()) {
            throw new FeedException(path, "holds no feed");
        }
        for (Path file : files) {
            file(file, false);
        }
    }

    private void file(Path file, boolean named) throws FeedException {
        current = file;
        try {
            if (isZip(file)) {
                zip(file);
            } else {
                try (InputStream in = unpacked(file, limits)) {
                    content(file.toString(), Kind.of(file.toString()), in);
                }
            }
        } catch (FeedException known) {
            throw known;
        } catch (IOException failed) {
            throw Files.exists(file) ? new FeedException(file, failed) : new FeedException(file, "no such file");
        }
        if (named) {
            progress.at(file, records);
        }
    }

    private void content(String name, Kind kind, InputStream in) throws IOException {
        switch (kind) {
            case JSON -> json.document(name, name, in);
            case LINES -> json.lines(name, in);
            case CSV -> csv.read(name, in);
            case UNKNOWN -> throw new IOException("neither .json, .jsonl, .csv nor .zip, with or without .gz");
        }
    }

    private void zip(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() > limits.files()) {
                throw new FeedException(file, "holds more than " + limits.files() + " entries");
            }
            long most = limits.unpacked(Files.size(file));
            long left = most;
            Set<String> names = new HashSet<>();
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                Kind kind = Kind.of(entry.getName());
                if (entry.isDirectory() || kind == Kind.UNKNOWN) {
                    continue;
                }
                String shown = entry.getName().length() > MAX_FILE_NAME
                        ? entry.getName().substring(0, MAX_FILE_NAME)
                        : entry.getName();
                String name = file + "!/" + shown;
                if (kind != Kind.JSON || !names.add(entry.getName())) {
                    json.rejected(
                            file.toString(),
                            name,
                            null,
                            kind == Kind.JSON ? "a second entry of that name" : "in a zip, only .json is read");
                    continue;
                }
                byte[] bytes;
                try (InputStream in = zip.getInputStream(entry)) {
                    bytes = in.readNBytes(limits.recordBytes() + 1);
                }
                left -= bytes.length;
                if (left < 0) {
                    throw new FeedException(file, "holds more than " + most + " bytes after unpacking");
                }
                if (bytes.length > limits.recordBytes()) {
                    json.rejected(file.toString(), name, null, "longer than " + limits.recordBytes() + " bytes");
                } else if (!isWhole(entry, bytes)) { // the JDK's ZipFile does not look
                    throw new FeedException(file, shown + " is not what its checksum says: the archive is damaged");
                } else {
                    json.document(file.toString(), name, new ByteArrayInputStream(bytes));
                }
            }
        }
    }

    private static boolean isWhole(ZipEntry entry, byte[] bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        return entry.getCrc() == checksum.getValue();
    }

    /** The bytes of a file, unpacked where they are packed with gzip, and bounded. */
    static InputStream unpacked(Path file, FeedLimits limits) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            in.mark(2);
            byte[] magic = in.readNBytes(2);
            in.reset();
            boolean packed = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
            return packed
                    ? new BoundedStream(new GZIPInputStream(in, 1 << 16), limits.unpacked(Files.size(file)))
                    : new BoundedStream(in, limits.fileBytes());
        } catch (IOException failed) {
            in.close();
            throw failed;
        }
    }

    private boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            return magic.length == 4 && magic[0] == 'P' && magic[1] == 'K' && magic[2] <= 5 && magic[3] <= 6;
        }
    }

    private void counted() {
        records++;
        if (records % 1_000 == 0) {
            progress.at(current, records);
        }
    }

    /** What became of a feed's records so far. */
    ImportSummary.Feed feed(String name) {
        return tally(name).summary();
    }

    /** The identifiers that records of a feed carry, refused ones included; only of {@code kev} and {@code epss}. */
    Set<String> named(String name) {
        return tally(name).named();
    }

    /** Takes back what a feed said under that name. */
    void takeBack(String name, AdvisoryStore.Import.Kind kind, String id) {
        target.remove(kind, id);
        tally(name).removed();
    }

    /** Takes back what a feed said of that format in the advisory; what is said of other formats stays. */
    void takeBack(String id, String format) {
        if (SharedRecord.without(target, id, format)) {
            osv.removed();
        }
    }

    /** What this run read, by format. */
    Spoken spoken() {
        return spoken;
    }

    /**
     * Commits, and notes the state of what was touched.
     *
     * @param whole the formats whose advisories these are all of, as the source or whoever imports says, and how many there are
     * @param missing of those, what they lack, though the source names it
     * @param fewer whether many fewer records than before are right
     */
    ImportSummary finish(
            FeedStates states, Map<String, Spoken.Part> whole, Map<String, String> missing, boolean fewer) {
        List<ImportSummary.Feed> touched = Stream.of(osv, kev, epss)
                .filter(Tally::isTouched)
                .map(Tally::summary)
                .toList();
        touched.forEach(feed -> states.imported(feed, fewer));
        whole.forEach((format, part) -> {
            long unreadable = spoken.unreadable(format);
            String lack = missing.get(format);
            if (lack == null && unreadable > 0) {
                lack = unreadable == 1
                        ? "1 record or affected package could not be read"
                        : unreadable + " records or affected packages could not be read";
            }
            states.imported(format, part.records(), part.newest(), lack, fewer);
        });
        states.note(target);
        return new ImportSummary(
                target.commit(),
                touched,
                whole.keySet().stream()
                        .filter(format -> !states.lacking().containsKey(format))
                        .collect(Collectors.toSet()),
                spoken.formats().stream()
                        .filter(format ->
                                !states.covers(format) && !states.lacking().containsKey(format))
                        .collect(Collectors.toSet()),
                states.lacking());
    }

    private Tally tally(String name) {
        return switch (name) {
            case "kev" -> kev;
            case "epss" -> epss;
            default -> osv;
        };
    }

    /** What a file holds, by the end of its name without a {@code .gz}. */
    private enum Kind {
        JSON,
        LINES,
        CSV,
        UNKNOWN;

        static Kind of(String fileName) {
            String name = fileName.toLowerCase(Locale.ROOT);
            if (name.endsWith(".gz")) {
                name = name.substring(0, name.length() - 3);
            }
            if (name.endsWith(".json")) {
                return JSON;
            }
            if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
                return LINES;
            }
            return name.endsWith(".csv") ? CSV : UNKNOWN;
        }
    }
}
