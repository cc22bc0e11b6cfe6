package dev.sluice.formats.pypi;

import dev.sluice.kernel.gate.Released;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    /**
     * The METADATA of a released wheel as pip reads it, by the central directory; null when it has none, or more than one, or none
     * that can be read.
     */
    static byte @Nullable [] of(Released wheel) throws IOException {
        Optional<Path> path = wheel.path();
        if (path.isPresent()) {
            return inFile(path.get());
        }
        Path copy = Files.createTempFile("wheel", ".whl");
        try (InputStream bytes = wheel.open(0, wheel.size())) {
            Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
            return inFile(copy);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static byte @Nullable [] inFile(Path path) throws IOException {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            ZipEntry found = null;
            Enumeration<? extends ZipEntry> entries = zip.entries();
            for (int i = 0; entries.hasMoreElements(); i++) {
                ZipEntry entry = entries.nextElement();
                if (ENTRY.matcher(entry.getName()).matches()) {
                    if (found != null || i > MAX_ENTRIES) {
                        return null; // of several, clients take different ones
                    }
                    found = entry;
                }
            }
            if (found == null) {
                return null;
            }
            try (InputStream content = zip.getInputStream(found)) {
                return content == null ? null : bounded(content);
            }
        } catch (ZipException | EOFException e) {
            return null;
        }
    }

    /**
     * The METADATA of a wheel that passes by, or null; reads no further than needed. What it finds is what others find only where
     * the wheel is not ambiguous: publishing refuses one that is.
     */
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
