package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.Quotas;
import dev.sluice.kernel.repository.Quotas.Usage;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link Quotas} does. */
public interface QuotasContract {
    /** The package that is published. */
    PackageName WIDGET = new PackageName("npm", "widget");

    /** The quotas under test, of the two stores below. */
    Quotas quotas();

    /** Kept files. */
    FileStore files();

    /** Published packages. */
    HostedStore hosted();

    @Test
    default void a_repository_that_holds_nothing_holds_nothing() {
        assertThat(quotas().of("main")).isEqualTo(new Usage(0, 0, null));
    }

    @Test
    default void counts_what_is_fetched_replaced_and_forgotten() {
        files().put(file("a", "12345", "npm"));
        files().put(file("b", "123", "npm"));
        assertThat(quotas().of("main")).isEqualTo(new Usage(8, 2, null));

        files().put(file("a", "1234567", "npm"));
        assertThat(quotas().of("main")).isEqualTo(new Usage(10, 2, null));

        files().remove("main", "npm", "a");
        files().remove("main", "npm", "a");
        assertThat(quotas().of("main")).isEqualTo(new Usage(3, 1, null));
        assertThat(quotas().of("other")).isEqualTo(new Usage(0, 0, null));
    }

    @Test
    default void counts_what_is_published_and_unpublished() {
        publish("1.0.0", 0, file("p1", "12345", null), file("p2", "12", null));
        assertThat(quotas().of("main")).isEqualTo(new Usage(7, 2, null));

        hosted().apply("main", WIDGET, 1, new Change(new byte[0], List.of(), List.of(), List.of("p2")), List.of());
        assertThat(quotas().of("main")).isEqualTo(new Usage(5, 1, null));

        hosted().apply("main", WIDGET, 2, new Change(new byte[0], List.of(), List.of("1.0.0")), List.of());
        assertThat(quotas().of("main")).isEqualTo(new Usage(0, 0, null));
    }

    @Test
    default void refuses_what_goes_beyond_as_a_whole() {
        quotas().limit("main", 10L);
        publish("1.0.0", 0, file("p1", "12345", null));

        assertThatThrownBy(() -> publish("2.0.0", 1, file("p2", "12345", null), file("p3", "1", null)))
                .isInstanceOf(Quotas.ExceededException.class)
                .hasMessageContaining("would hold 11 bytes, its quota is 10");

        assertThat(quotas().of("main")).isEqualTo(new Usage(5, 1, 10L));
        assertThat(hosted().find("main", WIDGET).orElseThrow().index().releases())
                .hasSize(1);
        assertThat(files().find("main", "npm", "p2")).isEmpty();
        assertThatThrownBy(() -> files().put(file("big", "123456", "npm")))
                .isInstanceOf(Quotas.ExceededException.class);
        files().put(file("fits", "12345", "npm"));
        assertThat(quotas().of("main")).isEqualTo(new Usage(10, 2, 10L));
    }

    @Test
    default void what_is_more_than_a_new_quota_stays_and_may_shrink() {
        files().put(file("a", "12345", "npm"));
        quotas().limit("main", 3L);

        assertThat(files().find("main", "npm", "a")).isPresent();
        files().put(file("a", "1234", "npm"));
        assertThatThrownBy(() -> files().put(file("b", "1", "npm"))).isInstanceOf(Quotas.ExceededException.class);

        quotas().limit("main", null);
        files().put(file("b", "1", "npm"));
        assertThat(quotas().of("main")).isEqualTo(new Usage(5, 2, null));
    }

    @Test
    default void counts_exactly_when_many_write_at_once_and_never_goes_beyond() {
        quotas().limit("main", 100L);

        Together.run(8, number -> {
            for (int i = 0; i < 10; i++) {
                try {
                    files().put(file("f" + number + "-" + i, "12345", "npm"));
                } catch (Quotas.ExceededException full) {
                    assertThat(full).hasMessageContaining("quota is 100");
                }
            }
        });

        assertThat(quotas().of("main")).isEqualTo(new Usage(100, 20, 100L));
    }

    private void publish(String version, long revision, StoredFile... files) {
        hosted().apply(
                        "main",
                        WIDGET,
                        revision,
                        new Change(new byte[0], List.of(Samples.release(version)), List.of()),
                        List.of(files));
    }

    private static StoredFile file(String path, String content, @Nullable String upstream) {
        return new StoredFile(
                "main",
                path,
                new Coordinates(WIDGET, "1.0.0"),
                Samples.contents(content),
                upstream,
                Samples.INSTANT,
                null);
    }
}
