package dev.sluice.bench;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The page that pip reads of a project with 1,000 files, beside pypiserver with as many files in a directory. */
final class SimplePages implements Part {

    private static final int FILES = 1000;
    private static final int SHORT_WARMUP = 4;
    private static final Map<String, String> HTML = Map.of("Accept", "text/html");

    @Override
    public String name() {
        return "simple";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        Path files = Files.createDirectories(folder.resolve("files"));
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < FILES; i++) {
            String name = "many-1." + i + "-py3-none-any.whl";
            Files.writeString(files.resolve(name), "wheel " + i);
            json.append(i == 0 ? "" : ",").append("""
                            {"filename": "%s", "url": "../../files/%s", "hashes": {"sha256": "%064x"},
                             "size": 8, "upload-time": "2020-01-01T00:00:00Z"}
                            """.formatted(name, name, i));
        }
        String page = "{\"meta\": {\"api-version\": \"1.1\"}, \"name\": \"many\", \"files\": [" + json + "]}";
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            upstream.serve(
                    "/simple/many/", Answer.ok(page).header("Content-Type", "application/vnd.pypi.simple.v1+json"));
            try (Registry sluice = Registry.start(
                            "Sluice",
                            folder.resolve("s1"),
                            "/pypi/main/simple/many/",
                            Map.of("SLUICE_LOG_ACCESS", "false", "SLUICE_UPSTREAM_FRESHNESS", "PT1H"),
                            Packuments.upstream(upstream));
                    Child pypiserver = Peers.pypiserver(folder.resolve("p"), files)) {
                Child many = pypiserver.at(pypiserver.target() + "simple/many/");
                Rounds.of(options, folder, many, sluice, HTML, SHORT_WARMUP)
                        .report(report, "simple page (HTML) of 1,000 files", "");
            }
        }
    }
}
