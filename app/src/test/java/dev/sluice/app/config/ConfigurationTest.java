package dev.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {

    private static Configuration of(Map<String, String> flags) {
        return Configuration.of(flags, Map.of(), null);
    }

    private static Configuration read(Path folder, String yaml) throws IOException {
        return Configuration.of(Map.of(), Map.of(), Files.writeString(folder.resolve("sluice.yaml"), yaml));
    }

    @Test
    void flags_come_before_the_environment_that_before_the_file_that_before_defaults(@TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("sluice.yaml"), "port: 1\nbind: 10.0.0.1\nworkspace: filed\n");
        Map<String, String> environment = Map.of("SLUICE_PORT", "2", "SLUICE_BIND", "10.0.0.2");
        Configuration configuration = Configuration.of(Map.of("port", "3"), environment, file);
        assertThat(configuration.get(Setting.PORT)).isEqualTo("3");
        assertThat(configuration.get(Setting.BIND)).isEqualTo("10.0.0.2");
        assertThat(configuration.get(Setting.WORKSPACE)).isEqualTo("filed");
        assertThat(configuration.get(Setting.LOG_LEVEL)).isEqualTo("info");
    }

    @Test
    void each_value_tells_where_it_comes_from(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("sluice.yaml"), "workspace: filed\n");
        Map<String, Configuration.Value> shown = Configuration.of(
                        Map.of("port", "3", "upstreams.npm.url", "https://mirror.example/"),
                        Map.of("SLUICE_BIND", "10.0.0.2", "SLUICE_UPSTREAM_PYPI", "none"),
                        file)
                .shown();
        assertThat(origin(shown, "port")).isEqualTo("flag --port");
        assertThat(origin(shown, "bind")).isEqualTo("environment SLUICE_BIND");
        assertThat(origin(shown, "workspace")).isEqualTo("file " + file);
        assertThat(origin(shown, "log.level")).isEqualTo("default");
        assertThat(origin(shown, "blobs")).isEqualTo("not set");
        assertThat(origin(shown, "upstreams.npm.url")).isEqualTo("flag --upstream");
        assertThat(origin(shown, "upstreams.pypi.url")).isEqualTo("environment SLUICE_UPSTREAM_PYPI");
    }

    private static String origin(Map<String, Configuration.Value> shown, String key) {
        Configuration.Value value = shown.get(key);
        return value == null ? "absent" : value.origin();
    }

    @Test
    void secrets_are_never_shown() {
        String shown = Configuration.of(
                        Map.of("database", "other:host/db?user=u&password=hush1", "upstreams.npm.password", "hush2"),
                        Map.of(
                                "SLUICE_UPSTREAM_PYPI_TOKEN",
                                "hush3",
                                "SLUICE_UPSTREAM_MAVEN",
                                "https://user:hush4@mirror.example/"),
                        null)
                .shown()
                .toString();
        assertThat(shown).doesNotContain("hush").contains("****");
        for (String address : List.of("other://user:hush5@host/db", "postgres://user:hush5@hush6/hush7@host/db")) {
            String url = of(Map.of("database", address)).shown().toString();
            assertThat(url).doesNotContain("hush").contains("****");
        }
    }

    @Test
    void an_unknown_key_is_an_error_wherever_it_stands(@TempDir Path folder) {
        assertThatThrownBy(() -> read(folder, "prot: 1\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'prot'")
                .hasMessageContaining("port");
        assertThatThrownBy(() -> of(Map.of("prot", "1"))).hasMessageContaining("'prot'");
        assertThatThrownBy(() -> of(Map.of("upstreams.npm.adress", "x"))).hasMessageContaining("url, user");
        assertThatThrownBy(() -> Configuration.of(Map.of(), Map.of("SLUICE_UPSTREAM_NPM_TOKN", "x"), null))
                .hasMessageContaining("SLUICE_UPSTREAM_NPM_TOKN");
    }

    @Test
    void a_file_may_nest_list_and_shorten(@TempDir Path folder) throws IOException {
        Configuration configuration = read(folder, """
                upstream:
                  freshness: PT1M
                  allowed-hosts: [a.example, b.example]
                upstreams:
                  npm: https://mirror.example/npm/
                  pypi:
                    url: https://mirror.example/simple/
                    user: u
                    password: p
                """);
        assertThat(configuration.duration(Setting.FRESHNESS)).isEqualTo(Duration.ofMinutes(1));
        assertThat(configuration.get(Setting.ALLOWED_HOSTS)).isEqualTo("a.example,b.example");
        assertThat(configuration.upstreamFormats()).containsExactly("npm", "pypi");
        assertThat(configuration.upstream("npm")).isEqualTo(Map.of("url", "https://mirror.example/npm/"));
        assertThat(configuration.upstream("pypi"))
                .isEqualTo(Map.of("url", "https://mirror.example/simple/", "user", "u", "password", "p"));
    }

    @Test
    void a_file_that_cannot_be_followed_says_why(@TempDir Path folder) {
        assertThatThrownBy(() -> Configuration.of(Map.of(), Map.of(), folder.resolve("absent.yaml")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("absent.yaml");
        assertThatThrownBy(() -> read(folder, "- port\n")).hasMessageContaining("map of settings");
        assertThatThrownBy(() -> read(folder, "port: [\n")).hasMessageContaining("YAML");
        assertThatThrownBy(() -> read(folder, "#".repeat((1 << 20) + 1))).hasMessageContaining("1 MB");
    }

    @Test
    void an_empty_file_changes_nothing(@TempDir Path folder) throws IOException {
        assertThat(read(folder, "# nothing\n").get(Setting.PORT)).isEqualTo("8480");
    }

    @Test
    void bad_values_name_setting_value_origin_and_what_it_takes() {
        Configuration configuration = Configuration.of(
                Map.of("port", "http", "limits.artifact", "much", "upstream.freshness", "5m"),
                Map.of("SLUICE_ANONYMOUS_READS", "perhaps"),
                null);
        assertThatThrownBy(() -> configuration.number(Setting.PORT, 0, 65535))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("port is 'http' (flag --port), but it takes a whole number from 0 to 65535");
        assertThatThrownBy(() -> configuration.bytes(Setting.MAX_ARTIFACT)).hasMessageContaining("512k");
        assertThatThrownBy(() -> configuration.duration(Setting.FRESHNESS)).hasMessageContaining("PT5M");
        assertThatThrownBy(() -> configuration.flag(Setting.ANONYMOUS_READS))
                .hasMessageContaining("environment SLUICE_ANONYMOUS_READS");
        assertThatThrownBy(() -> of(Map.of("port", "70000")).number(Setting.PORT, 0, 65535))
                .hasMessageContaining("65535");
    }

    @Test
    void sizes_flags_and_absent_values_are_read() {
        Configuration configuration = of(Map.of("limits.index", "3k", "anonymous-reads", "No"));
        assertThat(configuration.bytes(Setting.MAX_INDEX)).isEqualTo(3 * 1024);
        assertThat(configuration.bytes(Setting.MAX_ARTIFACT)).isEqualTo(10L << 30);
        assertThat(configuration.flag(Setting.ANONYMOUS_READS)).contains(false);
        assertThat(of(Map.of()).flag(Setting.ANONYMOUS_READS)).isEmpty();
        assertThat(of(Map.of()).find(Setting.BLOBS)).isEmpty();
    }

    @Test
    void every_setting_has_a_name_of_its_own_and_says_what_it_is_for() {
        assertThat(Setting.ALL).extracting(Setting::key).doesNotHaveDuplicates();
        assertThat(Setting.ALL)
                .extracting(Setting::environment)
                .doesNotHaveDuplicates()
                .allMatch(e -> e.matches("SLUICE_[A-Z0-9_]+"));
        assertThat(Setting.ALL).extracting(Setting::help).noneMatch(String::isBlank);
    }

    @Test
    void keys_for_s3_are_never_shown() {
        Configuration configuration = Configuration.of(
                Map.of("s3.access-key", "AKIDEXAMPLE", "s3.secret-key", "wJalrXUtnFEMI"), Map.of(), null);

        assertThat(configuration.shown().toString())
                .contains("s3.secret-key")
                .doesNotContain("AKIDEXAMPLE")
                .doesNotContain("wJalrXUtnFEMI");
    }
}
