package dev.sluice.app.command.repository;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.Pipeline;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice cache forget} beside a running server: what an upstream served wrongly for a while is fetched again. */
final class CacheForgetTest {

    private static final String OLD = "\"2024-01-01T00:00:00Z\"";
    private static final String FILE = "/npm/main/lib/-/lib-1.0.0.tgz";

    @TempDir
    Path folder;

    private Pipeline pipeline;

    @BeforeEach
    void a_server_with_a_package_in_its_cache() throws Exception {
        pipeline = new Pipeline(folder);
        pipeline.npm("lib", "1.0.0", OLD, "\"license\":\"MIT\",");
        assertThat(pipeline.get("/npm/main/lib").body()).contains("\"1.0.0\"");
        assertThat(pipeline.get(FILE).statusCode()).isEqualTo(200);
    }

    @AfterEach
    void close() throws IOException {
        pipeline.close();
    }

    private CommandLineRun forget(Object... arguments) {
        Object[] words = new Object[arguments.length + 4];
        words[0] = "cache";
        words[1] = "forget";
        System.arraycopy(arguments, 0, words, 2, arguments.length);
        words[words.length - 2] = "--data";
        words[words.length - 1] = folder.resolve("data");
        return CommandLineRun.of(words);
    }

    private VersionHistory history() {
        return requireNonNull(
                pipeline.installation.database().history().of("main", lib()).of("npm", "1.0.0"));
    }

    private PackageName lib() {
        return new PackageName("npm", "lib");
    }

    @Test
    void the_next_request_fetches_again_and_what_was_learnt_of_the_former_bytes_counts_no_more() throws Exception {
        VersionHistory before = history();
        pipeline.npm("lib", "1.0.0", OLD, "\"license\":\"Apache-2.0\","); // repaired: other bytes, another digest
        String kept = pipeline.get(FILE).body();

        CommandLineRun run = forget("pkg:npm/lib@1.0.0");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("Dropped 1 file and 1 index.\n");
        assertThat(pipeline.get(FILE).body()).isNotEqualTo(kept);
        assertThat(pipeline.get("/npm/main/lib").body()).contains("Apache-2.0");
        assertThat(pipeline.explain("npm", "lib", "1.0.0", true).toString()).doesNotContain("contradicted\":[");
        assertThat(history().firstSeen()).isEqualTo(before.firstSeen());
        pipeline.installation.journal().settle();
        assertThat(pipeline.installation.journal().query(Journal.Query.latest(50)))
                .anyMatch(event -> event.kind().equals(Event.Kind.ADMIN)
                        && event.message().equals("cache of pkg:npm/lib@1.0.0 forgotten: 1 files, 1 indexes"));
    }

    @Test
    void without_a_version_all_of_it_goes_and_another_time_there_is_nothing() {
        assertThat(forget("pkg:npm/lib", "--json").json().toString())
                .isEqualTo("{\"files\":1,\"indexes\":1,\"published_here\":0}");
        assertThat(forget("pkg:npm/lib").out()).isEqualTo("Nothing of it was cached.\n");
    }

    @Test
    void another_upstream_or_version_is_left() {
        assertThat(forget("pkg:npm/lib@2.0.0").out()).isEqualTo("Dropped 0 files and 1 index.\n");
        assertThat(forget("pkg:npm/lib", "--upstream", "maven").err()).contains("has no upstream 'maven' for npm");
        assertThat(pipeline.installation.database().files().of("main", new Coordinates(lib(), "1.0.0")))
                .hasSize(1);
    }

    @Test
    void what_cannot_be_dropped_is_told() {
        assertThat(forget("lib").err()).contains("purl: ");
        assertThat(forget("pkg:npm/lib", "--repository", "other").err()).contains("there is no repository 'other'");
    }
}
