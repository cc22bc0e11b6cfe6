package dev.sluice.app.wiring;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a data directory to the user who runs the server: directories 0700, files 0600, those that are there and new ones. */
public final class PrivateFiles {

    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);

    /** Blobs lie below it by the million, behind a directory that nobody else may enter. */
    private static final Set<String> PASSED_OVER = Set.of("blobs", "blob-cache");

    private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final int OTHERS = 0077;

    private PrivateFiles() {}

    /**
     * Makes the directory if it is not there, takes away what others may do with it and what is in it, and says so when there was something; new files of this
     * process are its user's alone. What cannot be changed, because it belongs to somebody else, is told and left as it is.
     */
    static void keep(Path data) throws IOException {
        boolean posix = data.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.exists(data)) {
            Files.createDirectories(data.toAbsolutePath().getParent());
            Files.createDirectory(data, posix ? new FileAttribute<?>[] {OWNERS} : new FileAttribute<?>[0]);
        }
        if (!posix) {
            return;
        }
        restrictNewFiles();
        Path real = data.toRealPath(); // a link to a directory has permissions of its own, which mean nothing
        String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(real));
        int[] tightened = new int[1];
        Files.walkFileTree(real, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                tightened[0] += tighten(directory) ? 1 : 0;
                return !directory.equals(real) && PASSED_OVER.contains(String.valueOf(directory.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                tightened[0] += attributes.isRegularFile() && tighten(file) ? 1 : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE; // gone meanwhile
            }
        });
        if (tightened[0] > 0) {
            LOG.warn(
                    "the data directory '{}' ({}) was open to other users of this machine: it and what is in it ({} changed) is"
                            + " now its owner's alone (0700, 0600)",
                    data,
                    before,
                    tightened[0]);
        }
    }

    private static boolean tighten(Path path) {
        try {
            Set<PosixFilePermission> now = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            Set<PosixFilePermission> own = EnumSet.copyOf(PosixFilePermissions.fromString("rwx------"));
            own.retainAll(now);
            if (own.equals(now)) {
                return false;
            }
            Files.setPosixFilePermissions(path, own);
            return true;
        } catch (IOException e) {
            LOG.warn("'{}' cannot be kept from other users of this machine: {}", path, e.toString());
            return false;
        }
    }

    /**
     * Has new files of this process be its user's alone.
     *
     * <p>The JDK has no way to say it. Where it cannot be said, the directory itself keeps others out. */
    @SuppressWarnings("restricted") // native access is enabled for the whole program
    public static void restrictNewFiles() {
        try {
            Linker linker = Linker.nativeLinker();
            int former = (int) linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("umask"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                    .invokeExact(OTHERS);
            LOG.debug("umask was {}", Integer.toOctalString(former));
        } catch (Throwable e) {
            LOG.debug("umask cannot be set", e);
        }
    }
}
