package dev.sluice.formats.pypi;

import dev.sluice.kernel.gate.Released;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** Finds the METADATA file of a wheel (binary distribution format specification): what its {@code .metadata} side-car holds. */
final class WheelMetadata {

    /** Longest METADATA that is served, in bytes. */
    static final int MAX_LENGTH = 4 * 1024 * 1024;

    private static final int MAX_ENTRIES = 100_000;
    private static final long MAX_INFLATED = 8L * 1024 * 1024 * 1024;

    private static final Pattern ENTRY = Pattern.compile("[^/]+\\.dist-info/METADATA");

    private WheelMetadata() {}

    /** The METADATA of a released wheel, or null when it has none that can be read. */
    static byte @Nullable [] of(Released wheel) throws IOException {
        Optional<Path> path = wheel.path();
        try {
            if (path.isPresent()) {
                return inFile(path.get());
            }
            try (InputStream bytes = wheel.open(0, wheel.size())) {
                return inStream(bytes);
            }
        } catch (ZipException | EOFException e) {
            return null;
        }
    }

    private static byte @Nullable [] inFile(Path path) throws IOException {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            for (int i = 0; entries.hasMoreElements() && i < MAX_ENTRIES; i++) {
                ZipEntry entry = entries.nextElement();
                if (ENTRY.matcher(entry.getName()).matches()) {
                    try (InputStream content = zip.getInputStream(entry)) {
                        return content == null ? null : bounded(content);
                    }
                }
            }
            return null;
        }
    }

    /** The METADATA of a wheel that passes by, or null; reads no further than needed. */
    static byte @Nullable [] inStream(InputStream wheel) throws IOException {
        ZipInputStream zip = new ZipInputStream(wheel);
        byte[] scratch = new byte[16 * 1024];
        long inflated = 0;
        for (int i = 0; i < MAX_ENTRIES; i++) {
            ZipEntry entry;
            try {
                entry = zip.getNextEntry();
            } catch (IllegalArgumentException e) {
                throw (ZipException) new ZipException("an entry's name is not readable").initCause(e);
            }
            if (entry == null) {
                return null;
            }
            if (ENTRY.matcher(entry.getName()).matches()) {
                return bounded(zip);
            }
            int count;
            while ((count = zip.read(scratch)) >= 0) {
                inflated += count;
                if (inflated > MAX_INFLATED) {
                    throw new ZipException("the wheel inflates to more than " + MAX_INFLATED + " bytes");
                }
            }
        }
        return null;
    }

    private static byte @Nullable [] bounded(InputStream content) throws IOException {
        byte[] bytes = content.readNBytes(MAX_LENGTH + 1);
        return bytes.length > MAX_LENGTH ? null : bytes;
    }
}
