package dev.sluice.kernel.repository;

import java.io.ByteArrayOutputStream;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The releases of a package in little memory: written one after the other, compressed in blocks, and made anew each time somebody
 * looks. A page of an index with thousands of files takes some 150 bytes per file, where the releases themselves take thousands.
 *
 * <p>Iterating unpacks block after block; looking one release or file up unpacks one block. Immutable and thread-safe.
 */
final class PackedReleases extends AbstractList<Release> { // no RandomAccess: a stream must iterate

    private static final int BLOCK = 64 * 1024;

    /** Quick rather than small: the last tenth would cost as much time as all before. */
    private static final int LEVEL = 1;

    /** Releases in one compressed run. */
    private record Block(int first, int length, byte[] bytes) {}

    private final String[] versions;
    private final Block[] blocks;
    /** Hash of a version, or of a file's path, in the upper half; which release in the lower; ascending. */
    private final long[] byVersion;

    private final long[] byPath;

    private PackedReleases(String[] versions, Block[] blocks, long[] byVersion, long[] byPath) {
        this.versions = versions;
        this.blocks = blocks;
        this.byVersion = byVersion;
        this.byPath = byPath;
    }

    static PackedReleases of(List<Release> releases) {
        String[] versions = new String[releases.size()];
        long[] byVersion = new long[releases.size()];
        int files = 0;
        for (Release release : releases) {
            files += release.files().size();
        }
        long[] byPath = new long[files];
        List<Block> blocks = new ArrayList<>();
        ReleaseWriter writer = new ReleaseWriter();
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            int first = 0;
            int file = 0;
            for (int i = 0; i < versions.length; i++) {
                Release release = releases.get(i);
                versions[i] = release.version();
                byVersion[i] = key(release.version(), i);
                for (ReleaseFile each : release.files()) {
                    byPath[file++] = key(each.path(), i);
                }
                writer.write(release);
                if (writer.size() >= BLOCK || i == versions.length - 1) {
                    blocks.add(block(first, writer.finish(), deflater));
                    first = i + 1;
                }
            }
        } finally {
            deflater.end();
        }
        Arrays.sort(byVersion);
        Arrays.sort(byPath);
        return new PackedReleases(versions, blocks.toArray(Block[]::new), byVersion, byPath);
    }

    private static Block block(int first, byte[] plain, Deflater deflater) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 3 + 64);
        byte[] chunk = new byte[8 * 1024];
        deflater.reset();
        deflater.setInput(plain);
        deflater.finish();
        while (!deflater.finished()) {
            out.write(chunk, 0, deflater.deflate(chunk));
        }
        return new Block(first, plain.length, out.toByteArray());
    }

    private static long key(String text, int ordinal) {
        return ((long) text.hashCode() << 32) | ordinal;
    }

    private ReleaseReader open(Block block) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(block.bytes());
            byte[] plain = new byte[block.length()];
            int at = 0;
            while (at < plain.length) {
                int count = inflater.inflate(plain, at, plain.length - at);
                if (count == 0) {
                    throw new IllegalStateException("a packed index ends early");
                }
                at += count;
            }
            return new ReleaseReader(plain);
        } catch (DataFormatException e) {
            throw new IllegalStateException("a packed index cannot be read", e);
        } finally {
            inflater.end();
        }
    }

    @Override
    public int size() {
        return versions.length;
    }

    @Override
    public Release get(int index) {
        if (index < 0 || index >= versions.length) {
            throw new IndexOutOfBoundsException(index);
        }
        int at = 0;
        while (at + 1 < blocks.length && blocks[at + 1].first() <= index) {
            at++;
        }
        ReleaseReader reader = open(blocks[at]);
        for (int i = blocks[at].first(); i < index; i++) {
            reader.read();
        }
        return reader.read();
    }

    @Override
    public Iterator<Release> iterator() {
        return new Iterator<>() {
            private int next;
            private int block;
            private @Nullable ReleaseReader reader;

            @Override
            public boolean hasNext() {
                return next < versions.length;
            }

            @Override
            public Release next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                ReleaseReader open = reader;
                if (open == null || (block < blocks.length && blocks[block].first() == next)) {
                    open = open(blocks[block++]);
                    reader = open;
                }
                next++;
                return open.read();
            }
        };
    }

    /** Every version, in order. */
    List<String> versions() {
        return List.of(versions);
    }

    /** The release of that version, or null. */
    @Nullable
    Release ofVersion(String version) {
        for (int at = from(byVersion, version); isOf(byVersion, at, version); at++) {
            int ordinal = (int) byVersion[at];
            if (versions[ordinal].equals(version)) {
                return get(ordinal);
            }
        }
        return null;
    }

    /** The first release with a file at that path, or null. */
    @Nullable
    Release ofPath(String path) {
        for (int at = from(byPath, path); isOf(byPath, at, path); at++) {
            Release release = get((int) byPath[at]);
            if (release.files().stream().anyMatch(file -> file.path().equals(path))) {
                return release;
            }
        }
        return null;
    }

    private static int from(long[] keys, String text) {
        int at = Arrays.binarySearch(keys, key(text, 0));
        return at < 0 ? -1 - at : at;
    }

    private static boolean isOf(long[] keys, int at, String text) {
        return at < keys.length && (int) (keys[at] >> 32) == text.hashCode();
    }

    /** Bytes of the releases as they are written, before they are compressed. */
    long unpacked() {
        long bytes = 0;
        for (Block block : blocks) {
            bytes += block.length();
        }
        return bytes;
    }

    /** Bytes that it takes in memory. */
    long weight() {
        long bytes = 200 + 8L * (byVersion.length + byPath.length);
        for (String version : versions) {
            bytes += 52 + version.length();
        }
        for (Block block : blocks) {
            bytes += 64 + block.bytes().length;
        }
        return bytes;
    }
}
