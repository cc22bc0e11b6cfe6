package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.storage.FileMark;
import dev.sluice.storage.Mark;
import dev.sluice.storage.blob.KnownFiles.Look;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Blobs as files of a local directory: {@code sha256/ab/cdef…}, the first byte of the SHA-256 as the folder.
 *
 * <p>A file is handed out as it is only while it looks as it did when it was verified ({@link KnownFiles}): after its commit, or
 * since this store was opened. Any other is verified on its way out: small ones always and before their first byte, up to some
 * megabytes before their first byte, larger ones while they are read, so that the last bytes wait for the verdict. A damaged file is
 * moved to {@code damaged/}.
 *
 * <p>A blob is written to the store's own folder below {@code incoming/}, synced, renamed to its place, and the folder is
 * synced: it is there as a whole or not at all. What a crash leaves in {@code incoming/} is removed by the next store that
 * opens the directory; several processes may share one. A blob's age is that of its file's last byte. Thread-safe.
 */
public final class DirectoryBlobStore implements BlobStore, AutoCloseable {
    private static final Pattern FOLDER = Pattern.compile("[0-9a-f]{2}");
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{62}");
    private static final int CHUNK = 128 * 1024;

    /** Up to this length bytes are verified at every reading: it takes less than a millisecond. */
    private static final int ALWAYS = 256 * 1024;

    /** Up to this length the first byte waits for the verdict: some hundredths of a second. */
    private static final long BEFORE = 16L << 20;

    private final Path blobs;
    private final Path aside;
    private final Mark mark;
    private final Incoming incoming;
    private final Damages damages;
    private final KnownFiles known = new KnownFiles();
    private final Verifications verifications = new Verifications();
    private final Lock[] locks = Stream.generate(ReentrantLock::new).limit(64).toArray(Lock[]::new);

    private DirectoryBlobStore(Path directory, Incoming incoming, Damages damages) {
        this.blobs = directory.resolve("sha256");
        this.aside = directory.resolve("damaged");
        this.mark = FileMark.in(directory);
        this.incoming = incoming;
        this.damages = damages;
    }

    /** Opens the store in that directory, creating it when it is not there. Throws IOException when it cannot be written. */
    public static DirectoryBlobStore open(Path directory) throws IOException {
        return open(directory, Damages.logged());
    }

    /** The same; what is found damaged is told there. */
    public static DirectoryBlobStore open(Path directory, Damages damages) throws IOException {
        Path blobs = directory.resolve("sha256");
        Files.createDirectories(blobs);
        Incoming incoming = Incoming.open(directory.resolve("incoming"), Long.MAX_VALUE);
        sync(directory);
        return new DirectoryBlobStore(directory, incoming, damages);
    }

    /** Where it says which installation the directory belongs to: its file {@code installation}. */
    public Mark mark() {
        return mark;
    }

    @Override
    public BlobWriter begin() throws IOException {
        return new FileBlobWriter(incoming, this::adopt);
    }

    @Override
    public Optional<Blob> find(Digest sha256) throws IOException {
        Look look = look(sha256);
        return look == null || known.isDamaged(sha256, look)
                ? Optional.empty()
                : Optional.of(new Blob(sha256, look.size()));
    }

    /** What its file looks like, or null when there is none. */
    private @Nullable Look look(Digest sha256) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(place(sha256), BasicFileAttributes.class);
            return attributes.isRegularFile() ? Look.of(attributes) : null;
        } catch (NoSuchFileException absent) {
            return null;
        } catch (IOException e) {
            throw unreadable(sha256, e);
        }
    }

    @Override
    public InputStream open(Digest sha256, long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("offset and length of a range must not be negative");
        }
        Look look = look(sha256); // first: a file that takes its place meanwhile does not look so
        if (look == null || known.isDamaged(sha256, look)) {
            throw new FileNotFoundException("no blob " + sha256);
        }
        if (look.size() <= ALWAYS) {
            byte[] bytes = small(sha256, look);
            int from = (int) Math.min(offset, bytes.length);
            return new ByteArrayInputStream(bytes, from, (int) Math.min(length, bytes.length - from));
        }
        if (known.isSound(sha256, look)) {
            return range(sha256, offset, length);
        }
        long count = Math.max(0, Math.min(length, look.size() - offset));
        if (look.size() <= BEFORE) {
            require(sha256, verify(sha256, look, read -> {}));
            return range(sha256, offset, length);
        }
        if (count == look.size()) {
            return whole(sha256, look);
        }
        return verifications.guard(
                range(sha256, offset, length), count, sha256, () -> verify(sha256, look, read -> {}));
    }

    private byte[] small(Digest sha256, Look look) throws IOException {
        byte[] bytes;
        try (InputStream in = range(sha256, 0, ALWAYS + 1)) {
            bytes = in.readNBytes(ALWAYS + 1);
        }
        Digest found = Digest.of(Algorithm.SHA256, BlobCache.sha256().digest(bytes));
        require(sha256, judge(sha256, look, found, bytes.length));
        return bytes;
    }

    private InputStream whole(Digest sha256, Look look) throws IOException {
        return new VerifiedInputStream(
                range(sha256, 0, look.size()), sha256, look.size(), null, new VerifiedInputStream.Verdict() {
                    @Override
                    public void right(@Nullable Path none) {
                        known.sound(sha256, look);
                    }

                    @Override
                    public IOException wrong(Digest instead) {
                        judge(sha256, look, instead, look.size());
                        return Verifications.damaged(sha256);
                    }
                });
    }

    private static void require(Digest sha256, Check check) throws BlobDamagedException {
        if (check != Check.SOUND) {
            throw Verifications.damaged(sha256);
        }
    }

    @Override
    public Check verify(Digest sha256, LongConsumer pace) throws IOException {
        Look look = look(sha256);
        return look == null || known.isDamaged(sha256, look) ? Check.ABSENT : verify(sha256, look, pace);
    }

    private Check verify(Digest sha256, Look look, LongConsumer pace) throws IOException {
        MessageDigest computed = BlobCache.sha256();
        long size = 0;
        try (InputStream in = range(sha256, 0, Long.MAX_VALUE)) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                computed.update(chunk, 0, count);
                size += count;
                pace.accept(count);
            }
        } catch (FileNotFoundException removedMeanwhile) {
            return Check.ABSENT;
        }
        return judge(sha256, look, Digest.of(Algorithm.SHA256, computed.digest()), size);
    }

    private Check judge(Digest sha256, Look look, Digest found, long size) {
        if (found.equals(sha256)) {
            known.sound(sha256, look);
            return Check.SOUND;
        }
        setAside(sha256, look, "holds other bytes, " + size + " of them, of " + found);
        return Check.DAMAGED;
    }

    private void setAside(Digest sha256, Look look, String what) {
        String where = putAside(sha256, look);
        if (where != null) {
            damages.found(sha256, "blob " + sha256 + " is damaged: it " + what + "; they lie in " + where);
        }
    }

    /** Moves a damaged file out of the way, unless another took its place meanwhile: then null. Otherwise, where it is now. */
    private @Nullable String putAside(Digest sha256, Look look) {
        Path place = place(sha256);
        Lock lock = lockOf(sha256);
        lock.lock();
        try {
            if (!look.equals(look(sha256))) {
                return null;
            }
            known.damaged(sha256, look);
            Files.createDirectories(aside);
            Path to = aside.resolve(sha256.hex());
            for (int number = 1; Files.exists(to); number++) {
                to = aside.resolve(sha256.hex() + "." + number);
            }
            Files.move(place, to, StandardCopyOption.ATOMIC_MOVE);
            return to.toString();
        } catch (IOException staysWhereItIs) {
            return place + " (and could not be moved from there: " + staysWhereItIs.getMessage() + ")";
        } finally {
            lock.unlock();
        }
    }

    private InputStream range(Digest sha256, long offset, long length) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(place(sha256), StandardOpenOption.READ);
        } catch (NoSuchFileException absent) {
            FileNotFoundException notKept = new FileNotFoundException("no blob " + sha256);
            notKept.initCause(absent);
            throw notKept;
        } catch (IOException e) {
            throw unreadable(sha256, e);
        }
        try {
            channel.position(offset);
            return new RangeInputStream(Channels.newInputStream(channel), length) {
                @Override
                BlobsUnavailableException failed(IOException cause) {
                    return unreadable(sha256, cause);
                }
            };
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Told apart from what an upstream or an artifact is to blame for. */
    private BlobsUnavailableException unreadable(Digest sha256, IOException cause) {
        return new BlobsUnavailableException("cannot read " + place(sha256) + ": " + cause.getMessage(), cause);
    }

    @Override
    public Optional<Path> path(Digest sha256) {
        try {
            Look look = look(sha256);
            return look != null && known.isSound(sha256, look) ? Optional.of(place(sha256)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // whoever opens it is told
        }
    }

    @Override
    public boolean delete(Digest sha256, Instant committedBefore) throws IOException {
        Path place = place(sha256);
        Lock lock = lockOf(sha256);
        lock.lock();
        try {
            if (!Files.getLastModifiedTime(place).toInstant().isBefore(committedBefore)) {
                return false;
            }
            Files.delete(place);
        } catch (NoSuchFileException absent) {
            return false;
        } finally {
            lock.unlock();
        }
        sync(folderOf(place));
        return true;
    }

    @Override
    public void list(Consumer<Kept> consumer) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(blobs)) {
            for (Path folder : folders) {
                String prefix = nameOf(folder);
                if (FOLDER.matcher(prefix).matches()) {
                    listFolder(folder, prefix, consumer);
                }
            }
        }
    }

    /** Lets go of the store's folder for incoming files; writers still open lose what they have not committed. */
    @Override
    public void close() throws IOException {
        incoming.close();
    }

    /** Moves a synced file to its place and makes that durable. Replaces an equal blob, so that a damaged one heals. */
    private void adopt(Path file, Contents contents) throws IOException {
        try {
            move(file, contents);
        } catch (IOException e) {
            throw FileBlobWriter.explained(file, contents.size(), e);
        }
    }

    private void move(Path file, Contents contents) throws IOException {
        Digest sha256 = contents.sha256();
        Path place = place(sha256);
        Path folder = folderOf(place);
        try {
            Files.createDirectory(folder);
            sync(blobs);
        } catch (FileAlreadyExistsException usual) {
            if (!Files.isDirectory(folder)) {
                throw usual;
            }
        }
        Lock lock = lockOf(sha256);
        lock.lock();
        try {
            Look former = look(sha256);
            if (former != null && former.size() != contents.size()) {
                setAside(sha256, former, "has " + former.size() + " bytes instead of " + contents.size());
            }
            Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
            Look look = look(sha256);
            if (look != null && look.size() == contents.size()) {
                known.sound(sha256, look);
                damages.healed(sha256);
            }
        } finally {
            lock.unlock();
        }
        sync(folder);
    }

    @Override
    public void list(String prefix, Consumer<Kept> consumer) throws IOException {
        if (prefix.length() < 2) {
            BlobStore.super.list(prefix, consumer);
            return;
        }
        String folder = prefix.substring(0, 2);
        listFolder(blobs.resolve(folder), folder, kept -> {
            if (kept.blob().digest().hex().startsWith(prefix)) {
                consumer.accept(kept);
            }
        });
    }

    private static void listFolder(Path folder, String prefix, Consumer<Kept> consumer) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String rest = nameOf(file);
                if (FILE.matcher(rest).matches()) {
                    kept(file, Digest.sha256(prefix + rest)).ifPresent(consumer);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException notOurs) {
            return;
        }
    }

    private static Optional<Kept> kept(Path file, Digest sha256) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Kept(
                    new Blob(sha256, attributes.size()),
                    attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException deletedMeanwhile) {
            return Optional.empty();
        }
    }

    /** Whoever removes a blob must not remove the one that somebody puts in its place after it was looked at. */
    private Lock lockOf(Digest sha256) {
        return locks[Integer.parseInt(sha256.hex().substring(0, 2), 16) % locks.length];
    }

    private Path place(Digest sha256) {
        if (sha256.algorithm() != Algorithm.SHA256) {
            throw new IllegalArgumentException("blobs are addressed by sha256, not by " + sha256);
        }
        return blobs.resolve(sha256.hex().substring(0, 2)).resolve(sha256.hex().substring(2));
    }

    private Path folderOf(Path place) {
        return blobs.resolve(place.getName(place.getNameCount() - 2));
    }

    private static String nameOf(Path path) {
        return path.getName(path.getNameCount() - 1).toString();
    }

    /** A rename is durable only when the directory that names the file is. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
