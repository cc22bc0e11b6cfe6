package dev.sluice.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link BlobStore} does. */
public interface BlobStoreContract {
    /** The store under test; the same one throughout a test. */
    BlobStore store() throws IOException;

    /** Closes the store and opens it again on the same data. */
    BlobStore reopened() throws IOException;

    /** Puts other bytes in the place where the store under test keeps a blob, going around it; null takes them away. */
    void overwrite(Digest sha256, byte @Nullable [] bytes) throws IOException;

    /** Commits a text as a blob. */
    default Contents commit(String text) throws IOException {
        try (BlobWriter writer = store().begin()) {
            writer.write(text.getBytes(UTF_8));
            return writer.commit();
        }
    }

    /** The bytes of a range as text. */
    default String read(Digest digest, long offset, long length) throws IOException {
        try (InputStream in = store().open(digest, offset, length)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    default void tells_length_and_four_digests() throws IOException {
        Contents contents = commit("abc");

        assertThat(contents.size()).isEqualTo(3);
        assertThat(contents.md5()).hasToString("md5:900150983cd24fb0d6963f7d28e17f72");
        assertThat(contents.sha1()).hasToString("sha1:a9993e364706816aba3e25717850c26c9cd0d89d");
        assertThat(contents.sha256())
                .hasToString("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(contents.sha512())
                .hasToString("sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    }

    @Test
    default void finds_and_opens_what_was_committed() throws IOException {
        Contents contents = commit("hello");

        assertThat(store().find(contents.sha256())).contains(new Blob(contents.sha256(), 5));
        assertThat(read(contents.sha256(), 0, Long.MAX_VALUE)).isEqualTo("hello");
    }

    @Test
    default void keeps_an_empty_blob() throws IOException {
        Contents contents = commit("");

        assertThat(store().find(contents.sha256())).contains(new Blob(contents.sha256(), 0));
        assertThat(read(contents.sha256(), 0, 10)).isEmpty();
    }

    @Test
    default void digests_do_not_depend_on_how_the_bytes_came() throws IOException {
        byte[] bytes = new byte[3_000_001];
        new Random(7).nextBytes(bytes);
        Contents contents;
        try (BlobWriter writer = store().begin()) {
            int[] steps = {1, 7, 65_536, 131_071, 131_073, 400_000};
            int at = 0;
            for (int i = 0; at < bytes.length; i++) {
                int step = Math.min(steps[i % steps.length], bytes.length - at);
                if (step == 1) {
                    writer.write(bytes[at]);
                } else {
                    writer.write(bytes, at, step);
                }
                at += step;
                assertThat(writer.size()).isEqualTo(at);
            }
            contents = writer.commit();
        }

        assertThat(contents).isEqualTo(Samples.contents(bytes));
        try (InputStream in = store().open(contents.sha256(), 0, bytes.length)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    default void opens_ranges_that_end_early_at_the_end() throws IOException {
        Digest digest = commit("0123456789").sha256();

        assertThat(read(digest, 2, 3)).isEqualTo("234");
        assertThat(read(digest, 8, 100)).isEqualTo("89");
        assertThat(read(digest, 10, 5)).isEmpty();
        assertThat(read(digest, 100, 5)).isEmpty();
        assertThat(read(digest, 3, 0)).isEmpty();
    }

    @Test
    default void refuses_negative_ranges() throws IOException {
        Digest digest = commit("x").sha256();

        assertThatThrownBy(() -> read(digest, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(digest, 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void shows_nothing_before_commit() throws IOException {
        try (BlobWriter writer = store().begin()) {
            writer.write("not yet".getBytes(UTF_8));
            Contents contents = writer.contents();

            assertThat(contents).isEqualTo(Samples.contents("not yet"));
            assertThat(store().find(contents.sha256())).isEmpty();
            assertThat(listed()).isEmpty();

            writer.commit();

            assertThat(store().find(contents.sha256())).isPresent();
        }
    }

    @Test
    default void throws_away_what_was_not_committed() throws IOException {
        Digest digest;
        try (BlobWriter writer = store().begin()) {
            writer.write("never".getBytes(UTF_8));
            digest = writer.contents().sha256();
        }

        assertThat(store().find(digest)).isEmpty();
        assertThat(reopened().find(digest)).isEmpty();
    }

    @Test
    default void refuses_a_second_commit_and_bytes_after_the_contents_were_told() throws IOException {
        try (BlobWriter writer = store().begin()) {
            writer.contents();
            assertThatThrownBy(() -> writer.write(1)).isInstanceOf(IllegalStateException.class);
            writer.commit();
            assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    default void refuses_to_commit_once_closed() throws IOException {
        BlobWriter writer = store().begin();
        writer.close();
        writer.close();

        assertThatThrownBy(writer::commit).isInstanceOf(IOException.class);
        assertThat(listed()).isEmpty();
    }

    @Test
    default void says_that_a_blob_is_not_kept() throws IOException {
        Digest absent = Samples.contents("absent").sha256();

        assertThat(store().find(absent)).isEmpty();
        assertThat(store().path(absent)).isEmpty();
        assertThat(store().delete(absent, Instant.MAX)).isFalse();
        assertThatThrownBy(() -> store().open(absent, 0, 1)).isInstanceOf(FileNotFoundException.class);
    }

    @Test
    default void deletes_a_blob_and_takes_it_again() throws IOException {
        Digest digest = commit("back").sha256();

        assertThat(store().delete(digest, Instant.MAX)).isTrue();
        assertThat(store().find(digest)).isEmpty();
        assertThat(store().delete(digest, Instant.MAX)).isFalse();

        commit("back");

        assertThat(read(digest, 0, 10)).isEqualTo("back");
    }

    @Test
    default void keeps_equal_bytes_once_and_lists_every_blob() throws IOException {
        Contents one = commit("one");
        Contents two = commit("two");
        commit("one");

        assertThat(listed()).containsExactlyInAnyOrder(one.blob(), two.blob());
    }

    @Test
    default void a_local_path_holds_the_bytes() throws IOException {
        Contents contents = commit("path");

        store().path(contents.sha256()).ifPresent(path -> assertThat(path).hasBinaryContent("path".getBytes(UTF_8)));
        assertThat(store().path(contents.sha256()).map(Files::exists).orElse(true))
                .isTrue();
    }

    @Test
    default void many_writers_of_the_same_bytes_make_one_blob() throws IOException {
        BlobStore store = store();
        byte[] bytes = new byte[200_000];
        new Random(1).nextBytes(bytes);

        List<Contents> contents = Together.all(8, number -> {
            try (BlobWriter writer = store.begin()) {
                writer.write(bytes);
                return writer.commit();
            }
        });

        assertThat(contents).containsOnly(Samples.contents(bytes));
        assertThat(listed()).containsExactly(new Blob(Samples.contents(bytes).sha256(), bytes.length));
        try (InputStream in = store.open(contents.getFirst().sha256(), 0, Long.MAX_VALUE)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    default void keeps_everything_when_opened_again() throws IOException {
        Digest digest = commit("durable").sha256();

        BlobStore again = reopened();

        assertThat(again.find(digest)).isPresent();
    }

    @Test
    default void tells_when_a_blob_was_committed() throws IOException {
        commit("aged");

        assertThat(kept().getFirst().committed()).isCloseTo(Instant.now(), within(5, ChronoUnit.MINUTES));
    }

    @Test
    default void deletes_only_what_was_committed_before_that_instant() throws IOException {
        Digest digest = commit("young").sha256();
        Instant committed = kept().getFirst().committed();

        assertThat(store().delete(digest, committed)).isFalse();
        assertThat(read(digest, 0, 10)).isEqualTo("young");

        assertThat(store().delete(digest, committed.plusSeconds(1))).isTrue();
        assertThat(store().find(digest)).isEmpty();
    }

    @Test
    default void committing_the_same_bytes_again_makes_them_young() throws IOException {
        commit("again");
        Instant first = kept().getFirst().committed();
        Instant deadline = Instant.now().plusSeconds(10);

        while (!kept().getFirst().committed().isAfter(first) && Instant.now().isBefore(deadline)) {
            commit("again"); // the store's clock may tick in seconds
        }

        assertThat(kept().getFirst().committed()).isAfter(first);
        assertThat(kept()).hasSize(1);
    }

    private List<Blob> listed() throws IOException {
        return kept().stream().map(BlobStore.Kept::blob).toList();
    }

    private List<BlobStore.Kept> kept() throws IOException {
        List<BlobStore.Kept> kept = new ArrayList<>();
        store().list(kept::add);
        return kept;
    }

    /** What may become of bytes on a disk. */
    enum Harm {
        /** One bit differs. */
        FLIPPED,
        /** The last byte is gone. */
        TRUNCATED,
        /** All bytes are gone. */
        EMPTIED,
        /** More bytes follow. */
        GROWN,
        /** Another's bytes of the same length. */
        SWAPPED,
        /** Nothing is there. */
        MISSING;

        /** What is there afterwards; null when nothing is. */
        public byte @Nullable [] of(byte[] bytes) {
            byte[] harmed = bytes.clone();
            return switch (this) {
                case FLIPPED -> {
                    harmed[bytes.length / 3] ^= 4;
                    yield harmed;
                }
                case TRUNCATED -> java.util.Arrays.copyOf(bytes, bytes.length - 1);
                case EMPTIED -> new byte[0];
                case GROWN -> java.util.Arrays.copyOf(bytes, bytes.length + 7);
                case SWAPPED -> {
                    new Random(99).nextBytes(harmed);
                    yield harmed;
                }
                case MISSING -> null;
            };
        }
    }

    /** Small, below and above where a store verifies before the first byte. */
    static Stream<Arguments> harms() {
        return Stream.of(Harm.values())
                .flatMap(harm -> Stream.of(5_000, 1_000_000, 17_000_000)
                        .filter(size -> size < 2_000_000 || harm == Harm.FLIPPED || harm == Harm.TRUNCATED)
                        .flatMap(size -> Stream.of(true, false).map(whole -> Arguments.of(harm, size, whole))));
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.testkit.contract.BlobStoreContract#harms")
    default void damaged_bytes_never_leave_and_heal_when_they_come_again(Harm harm, int size, boolean whole)
            throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Digest digest = commit(bytes).sha256();
        store();
        overwrite(digest, harm.of(bytes));
        BlobStore opened = reopened();
        int from = whole ? 0 : 10;

        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try {
            assertThat(opened.path(digest)).isEmpty();
            try (InputStream in = opened.open(digest, from, Long.MAX_VALUE)) {
                in.transferTo(got);
            }
            // what a cache still holds may leave
            assertThat(got.toByteArray()).isEqualTo(java.util.Arrays.copyOfRange(bytes, from, size));
            assertThat(opened.verify(digest, read -> {})).isNotEqualTo(BlobStore.Check.SOUND);
        } catch (FileNotFoundException | BlobDamagedException refused) {
            assertThat(got.size()).isLessThan(size - from);
            assertThat(opened.find(digest)).isEmpty();
            assertThat(opened.verify(digest, read -> {})).isEqualTo(BlobStore.Check.ABSENT);
            assertThatThrownBy(() -> opened.open(digest, 0, 1)).isInstanceOf(FileNotFoundException.class);
        }

        commit(bytes);
        try (InputStream in = opened.open(digest, from, Long.MAX_VALUE)) {
            assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, from, size));
        }
        assertThat(opened.verify(digest, read -> {})).isEqualTo(BlobStore.Check.SOUND);
    }

    @ParameterizedTest
    @EnumSource(Harm.class)
    default void verifying_finds_what_became_of_bytes_while_the_store_is_open(Harm harm) throws IOException {
        byte[] bytes = new byte[300_000];
        new Random(3).nextBytes(bytes);
        Digest digest = commit(bytes).sha256();
        long[] read = {0};
        assertThat(store().verify(digest, count -> read[0] += count)).isEqualTo(BlobStore.Check.SOUND);
        assertThat(read[0]).isEqualTo(bytes.length);

        overwrite(digest, harm.of(bytes));

        assertThat(store().verify(digest, count -> {}))
                .isEqualTo(harm == Harm.MISSING ? BlobStore.Check.ABSENT : BlobStore.Check.DAMAGED);
        assertThat(store().verify(digest, count -> {})).isEqualTo(BlobStore.Check.ABSENT);
        commit(bytes);
        assertThat(store().verify(digest, count -> {})).isEqualTo(BlobStore.Check.SOUND);
    }

    @Test
    default void lists_blobs_by_the_beginning_of_their_digests() throws IOException {
        Digest first = commit("first").sha256();
        commit("second");
        List<Digest> found = new ArrayList<>();

        store().list(first.hex().substring(0, 2), kept -> found.add(kept.blob().digest()));

        assertThat(found).containsExactly(first);
    }

    private Contents commit(byte[] bytes) throws IOException {
        try (BlobWriter writer = store().begin()) {
            writer.write(bytes);
            return writer.commit();
        }
    }
}
