package dev.sluice.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.machine.Machine;
import dev.sluice.storage.blob.S3Location;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be said of S3 in a configuration. */
final class S3Test {

    @Test
    void an_address_names_bucket_prefix_endpoint_region_and_style() {
        assertThat(S3.location("s3://packages/a/b?endpoint=http://127.0.0.1:9000&region=eu-central-1&path-style=false"))
                .isEqualTo(
                        new S3Location("packages", "a/b", URI.create("http://127.0.0.1:9000"), "eu-central-1", false));
        assertThat(S3.location("s3://packages")).isEqualTo(new S3Location("packages", "", null, null, false));
        assertThat(S3.location("s3://packages?endpoint=https%3A%2F%2Fs.example").pathStyle())
                .isTrue();
    }

    @Test
    void what_is_wrong_with_an_address_is_told() {
        Map<String, String> wrong = Map.of(
                "s3://", "write s3://BUCKET/PREFIX",
                "s3://a b/", "write s3://BUCKET/PREFIX",
                "s3://key:secret@bucket/", "use s3.access-key",
                "s3://bucket?endpoint=ftp://host", "endpoint must be like",
                "s3://bucket?endpoint=http://me:secret@host", "endpoint must be like",
                "s3://bucket?regoin=x", "'regoin' is not known",
                "s3://bucket?region=", "has no value",
                "s3://bucket?path-style=yes", "'true' or 'false'");

        wrong.forEach((address, told) -> assertThatThrownBy(() -> S3.location(address))
                .as(address)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(told)
                .hasMessageNotContaining("me:secret"));
    }

    @Test
    void keys_come_in_pairs() {
        Configuration half = Configuration.of(Map.of("s3.access-key", "key"), Map.of(), null);

        assertThatThrownBy(() -> S3.settings(half, Path.of("data")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("belong together");
    }

    @Test
    void an_installation_keeps_its_blobs_there(@TempDir Path folder) throws IOException {
        try (S3Server server = S3Server.withKeys()) {
            Map<String, String> flags = new HashMap<>();
            flags.put("data", folder.resolve("data").toString());
            flags.put("blobs", server.url("mine"));
            flags.put("s3.access-key", S3Server.ACCESS_KEY);
            flags.put("s3.secret-key", S3Server.SECRET_KEY);
            try (Installation installation = Installation.open(
                    Configuration.of(flags, Map.of(), null),
                    ManualClock.at("2026-03-10T12:00:00Z"),
                    new Machine(Map.of(), folder))) {
                assertThat(installation.newAdminToken()).isNotNull();
                assertThat(folder.resolve("data/blob-cache")).exists();
                assertThat(folder.resolve("data/blobs")).doesNotExist();
            }
            flags.put("s3.secret-key", "another");
            assertThatThrownBy(() -> Installation.open(
                            Configuration.of(flags, Map.of(), null),
                            ManualClock.at("2026-03-10T12:00:00Z"),
                            new Machine(Map.of(), folder)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("s3.secret-key");
        }
    }
}
