package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server behind a proxy that serves it below a path: every address that clients are given leads through the proxy. */
final class SubPathTest {

    private static final String PUBLIC = "https://tools.example/registry";
    private static final String OLD = "\"2024-01-01T00:00:00Z\"";

    @TempDir
    Path folder;

    private Pipeline pipeline;

    @BeforeEach
    void open() throws IOException {
        pipeline = new Pipeline(folder, Map.of("public-url", PUBLIC + "/", "anonymous-reads", "true"));
        pipeline.npm("lib", "1.0.0", OLD, "\"license\":\"MIT\",");
        pipeline.pypi("tool", "1.0", OLD);
    }

    @AfterEach
    void close() throws IOException {
        pipeline.close();
    }

    @Test
    void addresses_of_npm_and_pypi_have_the_path_and_lead_to_the_file_below_it() throws Exception {
        leads(pipeline.get("/npm/main/lib").body(), "\"tarball\":\"([^\"]+)\"");
        leads(pipeline.get("/pypi/main/simple/tool/").body(), "(?:href|\"url\").{1,3}?\"([^\"#]+)");
    }

    private void leads(String body, String pattern) throws Exception {
        Matcher address = Pattern.compile(pattern).matcher(body);
        assertThat(address.find()).as(body).isTrue();
        assertThat(address.group(1)).startsWith(PUBLIC + "/");
        assertThat(pipeline.get(address.group(1).substring(PUBLIC.length())).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_refusal_is_explained_below_the_path() throws Exception {
        pipeline.npm("fresh", "1.0.0", "\"2026-11-22T08:00:00Z\"", "");
        String refused = pipeline.get("/npm/main/fresh/-/fresh-1.0.0.tgz").body();
        assertThat(refused).contains(PUBLIC + "/why/");
    }
}
