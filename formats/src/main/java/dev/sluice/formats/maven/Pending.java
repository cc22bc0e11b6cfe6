package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What clients deployed ahead of the thing it belongs to: checksums before their file, plugin prefixes before their plugin.
 *
 * <p>Kept in memory for an hour and only the newest {@value #MAX_KEYS}: what is forgotten is not verified, or not listed until it is
 * deployed again; no client in use deploys in that order by itself. Thread-safe.
 */
final class Pending {

    private static final int MAX_KEYS = 10_000;
    private static final int MAX_PER_KEY = 8;
    private static final Duration KEPT = Duration.ofHours(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();

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
            }
            if (entries.size() > MAX_KEYS) {
                entries.pollFirstEntry();
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
            return entry == null ? List.of() : entry.values();
        } finally {
            lock.unlock();
        }
    }

    private void forgetOld(Instant now) {
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext() && oldest.next().since().plus(KEPT).isBefore(now)) {
            oldest.remove();
        }
    }
}
