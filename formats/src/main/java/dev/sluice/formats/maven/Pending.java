package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What clients deployed ahead of the thing it belongs to: checksums before their file, plugin prefixes before their plugin.
 *
 * <p>Kept in memory for an hour and only the newest, in about 4 MiB: what is forgotten is not verified, or not listed until it is
 * deployed again; no client in use deploys in that order by itself. Thread-safe.
 */
final class Pending {

    private static final long MEMORY = 4L << 20;

    /** What a key, or one of its values, takes beside its characters. */
    private static final int ENTRY = 200;

    private static final int MAX_PER_KEY = 8;
    private static final Duration KEPT = Duration.ofHours(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    private record Entry(Instant since, List<Object> values) {}

    /** Keeps a checksum until its file comes. */
    void checksum(String repository, String path, Digest promised, Instant now) {
        add(repository + "\n" + path, promised, now);
    }

    /** The checksums kept for the file, once. */
    List<Digest> takeChecksums(String repository, String path, Instant now) {
        return take(repository + "\n" + path, now).stream()
                .filter(Digest.class::isInstance)
                .map(Digest.class::cast)
                .toList();
    }

    /** Keeps a plugin prefix until the plugin comes. */
    void plugin(String repository, PackageName name, Metadata.Plugin plugin, Instant now) {
        add(repository + "\n:" + name.name(), plugin, now);
    }

    /** The prefixes kept for the plugin, once. */
    List<Metadata.Plugin> takePlugins(String repository, PackageName name, Instant now) {
        return take(repository + "\n:" + name.name(), now).stream()
                .filter(Metadata.Plugin.class::isInstance)
                .map(Metadata.Plugin.class::cast)
                .toList();
    }

    private void add(String key, Object value, Instant now) {
        lock.lock();
        try {
            forgetOld(now);
            Entry entry = entries.computeIfAbsent(key, k -> new Entry(now, new ArrayList<>(2)));
            if (entry.values().size() < MAX_PER_KEY && !entry.values().contains(value)) {
                entry.values().add(value);
                bytes += size(value) + (entry.values().size() == 1 ? size(key) : 0);
            }
            while (bytes > MEMORY) {
                Map.Entry<String, Entry> oldest = entries.pollFirstEntry();
                bytes -= size(oldest.getKey(), oldest.getValue());
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Object> take(String key, Instant now) {
        lock.lock();
        try {
            forgetOld(now);
            Entry entry = entries.remove(key);
            if (entry == null) {
                return List.of();
            }
            bytes -= size(key, entry);
            return entry.values();
        } finally {
            lock.unlock();
        }
    }

    private void forgetOld(Instant now) {
        Map.Entry<String, Entry> oldest = entries.firstEntry();
        while (oldest != null && oldest.getValue().since().plus(KEPT).isBefore(now)) {
            bytes -= size(oldest.getKey(), oldest.getValue());
            entries.pollFirstEntry();
            oldest = entries.firstEntry();
        }
    }

    private static long size(String key, Entry entry) {
        return size(key) + entry.values().stream().mapToLong(Pending::size).sum();
    }

    private static long size(Object value) {
        return ENTRY + 2L * value.toString().length();
    }
}
