package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.S3Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An installation is moved by the program, and what serves afterwards answers as before. */
@Timeout(300)
class MigrateE2E {

    @TempDir
    private Path folder;

    private Sluice serve(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("--upstream", "npm=none", "--upstream", "pypi=none", "--upstream", "maven=none"));
        arguments.addAll(List.of(more));
        return Sluice.start(folder.resolve("server"), arguments.toArray(new String[0]));
    }

    private NpmProject project(String name, Sluice sluice) throws Exception {
        return NpmProject.in(folder.resolve(name), sluice);
    }

    private static long downloads(Sluice sluice) {
        JsonNode who = Sluice.JSON.readTree(
                sluice.cli("who", "pkg:npm/moved@1.0.0", "--json").succeeded().output());
        return who.path("consumers")
                .valueStream()
                .mapToLong(consumer -> consumer.path("count").asLong())
                .sum();
    }

    @Test
    void an_installation_moved_to_postgresql_and_s3_answers_the_same_downloads_and_who() throws Exception {
        String database = PostgresServer.get().database();
        try (S3Server s3 = S3Server.inMemory()) {
            String[] homes = {
                "--database",
                database,
                "--blobs",
                s3.url("e2e"),
                "--set",
                "s3.access-key=any",
                "--set",
                "s3.secret-key=any"
            };
            String[] targets = {
                "migrate",
                "--to-database",
                database,
                "--to-blobs",
                s3.url("e2e"),
                "--set",
                "s3.access-key=any",
                "--set",
                "s3.secret-key=any",
                "--json"
            };
            long before;
            String admin;
            Sluice old = serve();
            try (old) {
                admin = old.token();
                project("publish", old)
                        .token(admin)
                        .packageJson("moved", "1.0.0")
                        .npm("publish")
                        .succeeded();
                project("before", old).npm("install", "moved").succeeded();
                before = downloads(old);
                assertThat(before).isPositive();
                assertThat(old.cli(targets).failed().output()).contains("stop it first");
            }

            String told = old.cli(targets).succeeded().output(); // with the progress, which goes to the standard error
            JsonNode moved = Sluice.JSON.readTree(told.substring(told.indexOf('{')));
            assertThat(moved.path("blobs").asLong()).isPositive();
            assertThat(moved.path("events").asLong()).isPositive();
            assertThat(s3.keys()).hasSize(moved.path("blobs").asInt() + 1).contains("e2e/installation");

            try (Sluice sluice = serve(homes)) {
                assertThat(project("asks", sluice)
                                .token(admin)
                                .npm("whoami")
                                .succeeded()
                                .output())
                        .contains("admin");
                assertThat(sluice.log()).containsOnlyOnce("Administrator token");
                NpmProject after = project("after", sluice);
                after.npm("install", "moved").succeeded();
                assertThat(after.installed("moved")).isEqualTo("1.0.0");
                assertThat(Sluice.JSON
                                .readTree(sluice.api("GET", "/api/who?purl=pkg:npm/moved@1.0.0", "")
                                        .toString())
                                .path("consumers")
                                .valueStream()
                                .mapToLong(consumer -> consumer.path("count").asLong())
                                .sum())
                        .isEqualTo(before + 1);
            }
        } finally {
            PostgresServer.get().drop(database);
        }
    }
}
