package dev.sluice.testkit;

import dev.sluice.testkit.FaultyDisk.Step;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file system of a {@link FaultyDisk}: asks the disk first, then does what the one behind it does. */
final class FaultyFiles extends FileSystem {
    private final FaultyDisk disk;
    private final FileSystem behind;
    private final Provider provider;

    FaultyFiles(FaultyDisk disk, FileSystem behind) {
        this.disk = disk;
        this.behind = behind;
        this.provider = new Provider(behind.provider());
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {
        // the one behind it stays open
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return behind.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return behind.getRootDirectories();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return behind.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return behind.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return new FaultyPath(this, behind.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        PathMatcher matcher = behind.getPathMatcher(pattern);
        return path -> matcher.matches(FaultyPath.own(path));
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return behind.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() throws IOException {
        return behind.newWatchService();
    }

    private final class Provider extends FileSystemProvider {
        private final FileSystemProvider own;

        Provider(FileSystemProvider own) {
            this.own = own;
        }

        @Override
        public String getScheme() {
            return "faulty";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException("there is one for each disk");
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return FaultyFiles.this;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException("ask the disk");
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            boolean writes = options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
            disk.pass(writes ? Step.CREATE : Step.OPEN, path);
            return new FaultyChannel(disk, own.newFileChannel(FaultyPath.own(path), options, attributes));
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            DirectoryStream<Path> entries = own.newDirectoryStream(
                    FaultyPath.own(folder), entry -> filter.accept(new FaultyPath(FaultyFiles.this, entry)));
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    Iterator<Path> each = entries.iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return each.hasNext();
                        }

                        @Override
                        public Path next() {
                            return new FaultyPath(FaultyFiles.this, each.next());
                        }
                    };
                }

                @Override
                public void close() throws IOException {
                    entries.close();
                }
            };
        }

        @Override
        public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
            if (!Files.exists(FaultyPath.own(folder))) { // an old folder is no fault even where none can be made
                disk.pass(Step.CREATE, folder);
            }
            own.createDirectory(FaultyPath.own(folder), attributes);
        }

        @Override
        public void delete(Path path) throws IOException {
            disk.pass(Step.DELETE, path);
            own.delete(FaultyPath.own(path));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) throws IOException {
            disk.pass(Step.CREATE, target);
            own.copy(FaultyPath.own(source), FaultyPath.own(target), options);
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            disk.pass(Step.MOVE, source);
            own.move(FaultyPath.own(source), FaultyPath.own(target), options);
        }

        @Override
        public boolean isSameFile(Path path, Path other) throws IOException {
            return own.isSameFile(FaultyPath.own(path), FaultyPath.own(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return own.isHidden(FaultyPath.own(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return own.getFileStore(FaultyPath.own(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            own.checkAccess(FaultyPath.own(path), modes);
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(
                Path path, Class<V> type, LinkOption... options) {
            return own.getFileAttributeView(FaultyPath.own(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return own.readAttributes(FaultyPath.own(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
                throws IOException {
            return own.readAttributes(FaultyPath.own(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            disk.pass(Step.WRITE, path);
            own.setAttribute(FaultyPath.own(path), attribute, value, options);
        }
    }
}
