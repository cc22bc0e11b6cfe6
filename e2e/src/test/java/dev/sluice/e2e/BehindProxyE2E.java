package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The nginx of docs/operations.md in front of a real process. */
@Timeout(180)
class BehindProxyE2E {

    private static final Path NGINX = Path.of("/usr/sbin/nginx");

    @TempDir
    Path folder;

    @Test
    void behind_the_proxy_of_the_documentation_clients_see_its_address_and_the_journal_sees_them() throws Exception {
        assumeThat(NGINX).exists();
        int port = freePort();
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Sluice sluice = Sluice.start(
                        folder.resolve("server"),
                        "--upstream",
                        "npm=" + upstream.url(),
                        "--upstream",
                        "pypi=none",
                        "--upstream",
                        "maven=none",
                        "--set",
                        "trusted-proxies=127.0.0.1",
                        "--set",
                        "anonymous-reads=true")) {
            new FakeNpm(upstream, "proxied").version("1.0.0", FakeNpm.LONG_AGO).version("2.0.0", FakeNpm.LONG_AGO);
            sluice.withhold("second-versions", "input.v0.package.version == \"2.0.0\"");
            Process nginx = nginx(port, sluice);
            try (HttpClient http = HttpClient.newHttpClient()) {
                String front = "http://127.0.0.1:" + port;
                HttpResponse<String> index = http.send(
                        HttpRequest.newBuilder(URI.create(front + "/npm/main/proxied"))
                                .header("X-Forwarded-For", "203.0.113.7") // a client's own claim, one hop too many
                                .header("X-Forwarded-Host", "evil.example")
                                .build(),
                        BodyHandlers.ofString());
                assertThat(index.body())
                        .contains(front + "/npm/main/proxied/-/proxied-1.0.0.tgz")
                        .doesNotContain("evil.example");

                // pip, twine and Maven 3.8 show nothing but the reason phrase.
                assertThat(statusLine(port, "/npm/main/proxied/-/proxied-2.0.0.tgz"))
                        .startsWith("HTTP/1.1 403 Blocked by policy No second-versions");
                assertThat(http.send(
                                        HttpRequest.newBuilder(
                                                        URI.create(front + "/npm/main/proxied/-/proxied-1.0.0.tgz"))
                                                .build(),
                                        BodyHandlers.ofByteArray())
                                .statusCode())
                        .isEqualTo(200);
                JsonNode who = Sluice.JSON.readTree(sluice.cli("who", "pkg:npm/proxied@1.0.0", "--json")
                        .succeeded()
                        .output());
                assertThat(who.toString()).contains("127.0.0.1");
            } finally {
                nginx.destroy();
                nginx.waitFor(20, TimeUnit.SECONDS);
            }
        }
    }

    /** The location of the documentation, in a server that speaks plain HTTP on a free port. */
    private Process nginx(int port, Sluice sluice) throws Exception {
        Matcher location = Pattern.compile("(?ms)^    location / \\{.*?^    }")
                .matcher(Files.readString(
                        Path.of(System.getProperty("sluice.launcher")).resolveSibling("docs/operations.md")));
        assertThat(location.find()).isTrue();
        String shown = location.group().replace("127.0.0.1:8480", sluice.authority());
        assertThat(shown).contains(sluice.authority());
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server {
                        listen 127.0.0.1:%2$d;
                        %3$s
                    }
                }
                """.formatted(
                        folder, port, shown.replace("X-Forwarded-Host $host", "X-Forwarded-Host $host")));
        Process process = new ProcessBuilder(NGINX.toString(), "-c", configuration.toString(), "-p", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.out").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!accepts(port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException(Files.readString(folder.resolve("nginx.out")));
            }
            Thread.onSpinWait();
        }
        return process;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String statusLine(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = socket.getInputStream().read();
                    c >= 0 && c != '\r';
                    c = socket.getInputStream().read()) {
                line.write(c);
            }
            return line.toString(StandardCharsets.UTF_8);
        }
    }
}
