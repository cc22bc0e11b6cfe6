package dev.sluice.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** A place on a {@link FaultyDisk}: all it does itself is to say which disk it is on. */
record FaultyPath(FaultyFiles files, Path place) implements Path {

    private FaultyPath of(Path other) {
        return new FaultyPath(files, other);
    }

    private @Nullable Path ofNullable(@Nullable Path other) {
        return other == null ? null : of(other);
    }

    /** The place on the machine's own file system. */
    static Path own(Path path) {
        return path instanceof FaultyPath faulty ? faulty.place() : path;
    }

    @Override
    public FaultyFiles getFileSystem() {
        return files;
    }

    @Override
    public boolean isAbsolute() {
        return place.isAbsolute();
    }

    @Override
    public @Nullable Path getRoot() {
        return ofNullable(place.getRoot());
    }

    @Override
    public @Nullable Path getFileName() {
        return ofNullable(place.getFileName());
    }

    @Override
    public @Nullable Path getParent() {
        return ofNullable(place.getParent());
    }

    @Override
    public int getNameCount() {
        return place.getNameCount();
    }

    @Override
    public Path getName(int index) {
        return of(place.getName(index));
    }

    @Override
    public Path subpath(int begin, int end) {
        return of(place.subpath(begin, end));
    }

    @Override
    public boolean startsWith(Path other) {
        return place.startsWith(own(other));
    }

    @Override
    public boolean endsWith(Path other) {
        return place.endsWith(own(other));
    }

    @Override
    public Path normalize() {
        return of(place.normalize());
    }

    @Override
    public Path resolve(Path other) {
        return of(place.resolve(own(other)));
    }

    @Override
    public Path relativize(Path other) {
        return of(place.relativize(own(other)));
    }

    @Override
    public URI toUri() {
        return place.toUri();
    }

    @Override
    public Path toAbsolutePath() {
        return of(place.toAbsolutePath());
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        return of(place.toRealPath(options));
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
            throws IOException {
        return place.register(watcher, events, modifiers);
    }

    @Override
    public int compareTo(Path other) {
        return place.compareTo(own(other));
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
