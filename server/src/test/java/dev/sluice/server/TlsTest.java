package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateKey;
import dev.sluice.testkit.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsTest {

    private static final SelfSigned FIRST = SelfSigned.at(Instant.now());
    private static final SelfSigned SECOND = SelfSigned.at(Instant.now());

    @TempDir
    Path folder;

    private Path certificate;
    private Path key;

    @BeforeEach
    void write() throws IOException {
        certificate = FIRST.writeCertificate(folder.resolve("cert.pem"));
        key = FIRST.writeKey(folder.resolve("key.pem"));
    }

    @Test
    void requests_are_answered_over_tls() throws Exception {
        try (TestDoor door = door(ServerCertificate.open(certificate, key));
                HttpClient client = client(FIRST)) {
            byte[] bytes = new byte[300_000];
            Arrays.fill(bytes, (byte) 7);
            Path file = Files.write(folder.resolve("file"), bytes);
            door.format.quick(
                    "file",
                    exchange -> Response.artifact(
                            "application/octet-stream",
                            GateKey.release(
                                    new FileBlobs(file, true),
                                    dev.sluice.kernel.artifact.Digest.sha256("0".repeat(64)),
                                    bytes.length)));
            door.format.quick(
                    "origin", exchange -> Response.text(200, exchange.request().origin()));

            assertThat(door.door.address()).startsWith("https://127.0.0.1:");
            assertThat(get(client, door, "/health/live").statusCode()).isEqualTo(200);
            assertThat(new String(get(client, door, "/fake/main/origin").body(), StandardCharsets.US_ASCII))
                    .isEqualTo(door.door.address() + "\n");
            assertThat(get(client, door, "/fake/main/file").body()).isEqualTo(bytes);
        }
    }

    @Test
    void a_renewed_certificate_is_shown_without_a_failed_request() throws Exception {
        ServerCertificate pair = ServerCertificate.open(certificate, key);
        try (TestDoor door = door(pair)) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            List<CompletableFuture<Void>> load = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                load.add(CompletableFuture.runAsync(
                        () -> {
                            while (!stop.get()) {
                                // Connections of their own, so that handshakes meet the renewal.
                                try (HttpClient client = client(BOTH)) {
                                    for (int j = 0; j < 3; j++) {
                                        assertThat(get(client, door, "/fake/main/echo")
                                                        .statusCode())
                                                .isEqualTo(200);
                                        answered.incrementAndGet();
                                    }
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                        },
                        task -> Thread.ofVirtual().start(task)));
            }
            while (answered.get() < 30) {
                Thread.onSpinWait();
            }
            assertThat(pair.renewIfChanged()).isFalse();
            assertThat(shown(door)).isEqualTo(FIRST.certificate());
            SECOND.writeKey(key);
            assertThatThrownBy(pair::renewIfChanged).hasMessageContaining("the key is not that of the certificate");
            assertThat(shown(door)).isEqualTo(FIRST.certificate());
            SECOND.writeCertificate(certificate);
            assertThat(pair.renewIfChanged()).isTrue();
            assertThat(shown(door)).isEqualTo(SECOND.certificate());
            int before = answered.get();
            while (answered.get() < before + 30) {
                Thread.onSpinWait();
            }
            stop.set(true);
            CompletableFuture.allOf(load.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);

            try (HttpClient client = client(SECOND)) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(door.door.address() + "/metrics"))
                        .header("Authorization", "Bearer " + door.token(Role.AUDITOR))
                        .build();
                assertThat(client.send(request, BodyHandlers.ofString()).body())
                        .contains("sluice_tls_reloads_total{outcome=\"renewed\"} 1.0")
                        .contains("sluice_tls_reloads_total{outcome=\"failed\"} 1.0")
                        .contains("sluice_tls_certificate_expiry_timestamp_seconds");
            }
        }
    }

    @Test
    void what_is_broken_is_told_once_and_the_former_pair_stays() throws Exception {
        ServerCertificate pair = ServerCertificate.open(certificate, key);
        Files.writeString(certificate, "nothing");

        assertThatThrownBy(pair::renewIfChanged)
                .hasMessageContaining(certificate.toString())
                .hasMessageContaining("BEGIN CERTIFICATE");
        assertThat(pair.renewIfChanged()).isFalse();
        Files.delete(certificate);
        assertThatThrownBy(pair::renewIfChanged).hasMessageContaining("cannot be read");
        assertThat(pair.expiresAt()).isEqualTo(FIRST.certificate().getNotAfter().toInstant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void current_protocols_are_spoken(String protocol) throws Exception {
        try (TestDoor door = door(ServerCertificate.open(certificate, key));
                SSLSocket socket = socket(door, FIRST.trust())) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();

            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            assertThat(socket.getSession().getCipherSuite()).contains("GCM");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"})
    void old_ciphers_are_refused(String cipher) throws Exception {
        try (TestDoor door = door(ServerCertificate.open(certificate, key));
                SSLSocket socket = socket(door, FIRST.trust())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {cipher});

            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void who_speaks_plain_http_to_it_is_cut_off() throws Exception {
        try (TestDoor door = door(ServerCertificate.open(certificate, key));
                TestDoor.Wire wire = door.open()) {
            wire.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
            InputStream in = wire.in();

            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("200");
        }
    }

    @Test
    void a_handshake_that_never_comes_is_not_waited_for() throws Exception {
        Limits.Times t = TestDoor.TIMES;
        Limits hasty = TestDoor.LIMITS.with(
                new Limits.Times(java.time.Duration.ofMillis(100), t.keepAlive(), t.idle(), t.stall(), t.drain()));
        FrontDoor.Binding binding = new FrontDoor.Binding(
                "127.0.0.1", 0, null, ServerCertificate.open(certificate, key), Forwarding.NONE, false);
        try (TestDoor door = new TestDoor(hasty, binding);
                TestDoor.Wire wire = door.open()) {
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void keys_that_cannot_be_used_are_refused_with_what_to_do() throws IOException {
        String pkcs8 = Files.readString(key);
        Files.writeString(key, pkcs8.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        assertThatThrownBy(() -> ServerCertificate.open(certificate, key))
                .hasMessageContaining("encrypted")
                .hasMessageContaining("openssl pkey");
        Files.writeString(key, """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-256-CBC,00

                AAAA
                -----END RSA PRIVATE KEY-----
                """);
        assertThatThrownBy(() -> ServerCertificate.open(certificate, key)).hasMessageContaining("encrypted");
        SECOND.writeKey(key);
        assertThatThrownBy(() -> ServerCertificate.open(certificate, key))
                .hasMessageContaining("the key is not that of the certificate");
        Files.writeString(key, "nothing");
        assertThatThrownBy(() -> ServerCertificate.open(certificate, key)).hasMessageContaining("BEGIN PRIVATE KEY");
        Files.delete(key);
        assertThatThrownBy(() -> ServerCertificate.open(certificate, key)).hasMessageContaining("cannot be read");
    }

    @Test
    void a_key_as_openssl_used_to_write_it_is_understood() throws IOException {
        // The older form (RFC 5915) is what lies in the octet string at the end of the newer.
        byte[] pkcs8 = FIRST.keys().getPrivate().getEncoded();
        int start = 2;
        while (!(pkcs8[start] == 0x30 && pkcs8[start + 2] == 2 && pkcs8[start + 4] == 1)) {
            start++;
        }
        byte[] older = Arrays.copyOfRange(pkcs8, start, pkcs8.length);
        Files.writeString(key, """
                -----BEGIN EC PARAMETERS-----
                BggqhkjOPQMBBw==
                -----END EC PARAMETERS-----
                -----BEGIN EC PRIVATE KEY-----
                %s
                -----END EC PRIVATE KEY-----
                """.formatted(Base64.getEncoder().encodeToString(older)));

        assertThat(ServerCertificate.open(certificate, key).expiresAt()).isAfter(Instant.now());
    }

    private static final SSLContext BOTH = both();

    private static SSLContext both() {
        try {
            java.security.KeyStore roots = java.security.KeyStore.getInstance("PKCS12");
            roots.load(null, null);
            roots.setCertificateEntry("first", FIRST.certificate());
            roots.setCertificateEntry("second", SECOND.certificate());
            var factory = javax.net.ssl.TrustManagerFactory.getInstance("PKIX");
            factory.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (java.security.GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestDoor door(ServerCertificate pair) throws IOException {
        return new TestDoor(TestDoor.LIMITS, new FrontDoor.Binding("127.0.0.1", 0, null, pair, Forwarding.NONE, false));
    }

    private static HttpClient client(SelfSigned trusted) {
        return client(trusted.trust());
    }

    private static HttpClient client(SSLContext trust) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .build();
    }

    private static HttpResponse<byte[]> get(HttpClient client, TestDoor door, String path)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(door.door.address() + path)).build(), BodyHandlers.ofByteArray());
    }

    private static SSLSocket socket(TestDoor door, SSLContext trust) throws IOException {
        return (SSLSocket) trust.getSocketFactory().createSocket("127.0.0.1", door.door.port());
    }

    private static Certificate shown(TestDoor door) throws IOException {
        try (SSLSocket socket = socket(door, BOTH)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }
}
