package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The import of feeds from files: OSV records, the KEV catalogue, EPSS scores.
 *
 * <p>Takes files and directories in any mixture and tells what they are by their content: OSV as a zip of JSON files, a
 * directory of them, one JSON file (a record or an array), or JSON lines; the KEV catalogue as JSON; EPSS as CSV; each also
 * packed with gzip. One run is one transaction of the store: all of it becomes visible at once, or nothing.
 *
 * <p>Thread-safe; the store lets one import run at a time. Record size, nesting, number and unpacked size are bounded.
 */
public final class FeedImport {

    private static final int MAX_FILE_NAME = 1_000;

    private final AdvisoryStore store;
    private final InstantSource clock;
    private final Map<String, Ecosystem> ecosystems;
    private final FeedLimits limits;

    /** Imports into that store what concerns the ecosystems served here. */
    public FeedImport(AdvisoryStore store, InstantSource clock) {
        this(store, clock, Ecosystem.served(), FeedLimits.DEFAULT);
    }

    /** Imports into that store what concerns those ecosystems. */
    public FeedImport(AdvisoryStore store, InstantSource clock, List<Ecosystem> ecosystems) {
        this(store, clock, ecosystems, FeedLimits.DEFAULT);
    }

    FeedImport(AdvisoryStore store, InstantSource clock, List<Ecosystem> ecosystems, FeedLimits limits) {
        this.store = store;
        this.clock = clock;
        this.ecosystems = new HashMap<>();
        ecosystems.forEach(ecosystem -> this.ecosystems.put(ecosystem.osvName(), ecosystem));
        this.limits = limits;
    }

    /**
     * Imports those files and directories.
     *
     * <p>A malformed record is rejected and counted. In a directory, files whose names end like no feed are passed over.
     *
     * @throws FeedException when a file is absent, unreadable, broken off or no feed at all; then nothing is kept
     */
    public ImportSummary run(List<Path> paths, Progress progress) throws FeedException {
        try (AdvisoryStore.Import target = store.begin()) {
            Run run = new Run(target, progress);
            for (Path path : paths) {
                run.path(path);
            }
            return run.finish();
        }
    }

    /** One run. */
    private final class Run {

        private final AdvisoryStore.Import target;
        private final Progress progress;
        private final Tally osv = new Tally("osv");
        private final Tally kev = new Tally("kev");
        private final Tally epss = new Tally("epss");
        private final FeedReader json;
        private final EpssReader csv;
        private Path current = Path.of("");
        private long records;

        Run(AdvisoryStore.Import target, Progress progress) {
            this.target = target;
            this.progress = progress;
            this.json = new FeedReader(target, ecosystems, limits, osv, kev, this::counted);
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
                    try (InputStream in = unpacked(file)) {
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
                long left = limits.fileBytes();
                for (ZipEntry entry : Collections.list(zip.entries())) {
                    if (entry.isDirectory() || Kind.of(entry.getName()) != Kind.JSON) {
                        continue;
                    }
                    String shown = entry.getName().length() > MAX_FILE_NAME
                            ? entry.getName().substring(0, MAX_FILE_NAME)
                            : entry.getName();
                    String name = file + "!" + shown;
                    byte[] bytes;
                    try (InputStream in = zip.getInputStream(entry)) {
                        bytes = in.readNBytes(limits.recordBytes() + 1);
                    }
                    left -= bytes.length;
                    if (left < 0) {
                        throw new FeedException(
                                file, "holds more than " + limits.fileBytes() + " bytes after unpacking");
                    }
                    if (bytes.length > limits.recordBytes()) {
                        osv.rejected(file.toString(), name, "longer than " + limits.recordBytes() + " bytes");
                    } else {
                        json.document(file.toString(), name, new ByteArrayInputStream(bytes));
                    }
                }
            }
        }

        private InputStream unpacked(Path file) throws IOException {
            InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            try {
                in.mark(2);
                byte[] magic = in.readNBytes(2);
                in.reset();
                boolean packed = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
                return new BoundedStream(packed ? new GZIPInputStream(in, 1 << 16) : in, limits.fileBytes());
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

        ImportSummary finish() {
            Instant now = clock.instant();
            List<Tally> touched =
                    Stream.of(osv, kev, epss).filter(Tally::isTouched).toList();
            List<FeedState> known = store.feeds();
            for (Tally tally : touched) {
                ImportSummary.Feed feed = tally.summary();
                FeedState before = known.stream()
                        .filter(state -> state.name().equals(feed.name()))
                        .findFirst()
                        .orElse(new FeedState(feed.name(), 0, now, null));
                Instant newest = before.newest();
                if (newest == null || (feed.newest() != null && feed.newest().isAfter(newest))) {
                    newest = feed.newest();
                }
                target.feed(new FeedState(feed.name(), before.records() + feed.added(), now, newest));
            }
            return new ImportSummary(
                    target.commit(), touched.stream().map(Tally::summary).toList());
        }
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
