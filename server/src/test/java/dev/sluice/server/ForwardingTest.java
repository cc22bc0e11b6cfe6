package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.server.TestDoor.Answer;
import dev.sluice.server.TestDoor.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ForwardingTest {

    /** The peer of every test is 127.0.0.1. */
    private static final String PROXIES = "127.0.0.0/8, 10.0.0.0/8, 2001:db8::/32";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.7 | 203.0.113.7",
                "203.0.113.7, 10.1.2.3 | 203.0.113.7",
                "6.6.6.6, 203.0.113.7 | 203.0.113.7",
                "10.9.9.9, 203.0.113.7, 10.1.2.3 | 203.0.113.7",
                "10.1.1.1, 10.1.2.3 | 10.1.1.1",
                "203.0.113.7:4711 | 203.0.113.7",
                "2a00::1 | 2a00:0:0:0:0:0:0:1",
                "[2a00::1]:4711 | 2a00:0:0:0:0:0:0:1",
                "203.0.113.7, 2001:db8::5 | 203.0.113.7",
                "6.6.6.6, unknown | 127.0.0.1",
                "6.6.6.6, <script> | 127.0.0.1",
                "203.0.113.7, | 127.0.0.1",
                "::ffff:203.0.113.7 | 203.0.113.7"
            })
    void the_client_is_the_right_most_address_that_is_no_trusted_proxy(String sent, String client) throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.X_FORWARDED, null)) {
            assertThat(who(door, "X-Forwarded-For: " + sent + "\r\n")).startsWith(client + " ");
        }
    }

    @Test
    void several_lines_are_one_list() throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.X_FORWARDED, null)) {
            assertThat(
                            who(
                                    door,
                                    "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 10.0.0.1\r\n"))
                    .startsWith("203.0.113.7 ");
        }
    }

    @Test
    void a_list_of_thousands_is_looked_at_only_so_far() throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.X_FORWARDED, null)) {
            assertThat(who(door, "X-Forwarded-For: 6.6.6.6" + ",10.0.0.1".repeat(500) + "\r\n"))
                    .startsWith("10.0.0.1 ");
        }
    }

    @Test
    void whoever_is_no_trusted_proxy_is_not_believed() throws IOException {
        for (String trusted : List.of("", "10.0.0.0/8")) {
            try (TestDoor door = door(trusted, Forwarding.Header.X_FORWARDED, null)) {
                String told = who(
                        door,
                        String.join(
                                "\r\n",
                                "X-Forwarded-For: 6.6.6.6",
                                "X-Forwarded-Proto: https",
                                "X-Forwarded-Host: evil.example",
                                "X-Forwarded-Port: 1",
                                "Forwarded: for=6.6.6.6;host=evil.example;proto=https",
                                ""));

                assertThat(told).isEqualTo("127.0.0.1 http://reg.example:81\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-Proto: https | https://reg.example:81",
                "X-Forwarded-Host: packages.example | http://packages.example",
                "X-Forwarded-Proto: https~X-Forwarded-Host: packages.example | https://packages.example",
                "X-Forwarded-Proto: https~X-Forwarded-Host: packages.example~X-Forwarded-Port: 443 | https://packages.example",
                "X-Forwarded-Proto: https~X-Forwarded-Host: packages.example~X-Forwarded-Port: 8443 | https://packages.example:8443",
                "X-Forwarded-Host: packages.example:99~X-Forwarded-Port: 8443 | http://packages.example:99",
                "X-Forwarded-Host: [::1]~X-Forwarded-Port: 8443 | http://[::1]:8443",
                "X-Forwarded-Host: evil.example, packages.example | http://packages.example",
                "Forwarded: for=6.6.6.6;host=evil.example | http://reg.example:81"
            })
    void addresses_are_those_the_client_used(String headers, String origin) throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.X_FORWARDED, null)) {
            assertThat(who(door, headers.replace("~", "\r\n") + "\r\n")).endsWith(" " + origin + "\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=203.0.113.7;proto=https;host=packages.example | 203.0.113.7 https://packages.example",
                "for=203.0.113.7;proto=https;host=packages.example, for=10.0.0.9;proto=http;host=inner | 203.0.113.7"
                        + " https://packages.example",
                "for=6.6.6.6;host=evil.example, For=203.0.113.7;Host=packages.example | 203.0.113.7 http://packages.example",
                "for=\"[2a00::1]:4711\";by=_x | 2a00:0:0:0:0:0:0:1 http://reg.example:81",
                "for=6.6.6.6;host=evil.example, for=_hidden;proto=https | 127.0.0.1 https://reg.example:81",
                "for=6.6.6.6;host=\"evil,example | 127.0.0.1 http://reg.example:81"
            })
    void rfc_7239_is_read_where_it_is_configured(String forwarded, String told) throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.FORWARDED, null)) {
            // What the proxy passes on as its client sent it must not count.
            assertThat(who(
                            door,
                            "Forwarded: " + forwarded + "\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil\r\n"))
                    .isEqualTo(told + "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Proto: javascript",
                "X-Forwarded-Host: a\"><script>",
                "X-Forwarded-Host: a/b",
                "X-Forwarded-Host: a~X-Forwarded-Port: 1;x"
            })
    void nonsense_that_a_proxy_passes_on_is_refused_rather_than_put_into_links(String headers) throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.X_FORWARDED, null);
                Wire wire = door.open()) {
            Answer answer = wire.send(asking("/fake/main/who", headers.replace("~", "\r\n") + "\r\n"))
                    .answer();

            assertThat(answer.status()).isEqualTo(400);
        }
    }

    @Test
    void the_public_url_goes_before_what_anybody_says() throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.X_FORWARDED, "https://public.example")) {
            assertThat(who(door, "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Host: packages.example\r\n"))
                    .isEqualTo("203.0.113.7 https://public.example\n");
        }
    }

    @Test
    void the_journal_keeps_the_client_and_not_the_proxy() throws IOException {
        try (TestDoor door = door(PROXIES, Forwarding.Header.X_FORWARDED, null)) {
            door.get("/fake/closed/who", "Authorization", "Bearer nonsense", "X-Forwarded-For", "203.0.113.7");

            assertThat(door.journal.events)
                    .filteredOn(e -> e.kind().equals(Event.Kind.LOGIN_FAILED))
                    .singleElement()
                    .satisfies(e -> assertThat(e.actor().address()).isEqualTo("203.0.113.7"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Host: 127.0.0.1:8480 | 200",
                "Host: localhost:8480 | 200",
                "Host: [::1]:8480 | 200",
                "Host: packages.example | 401",
                "Host: 10.0.0.1 | 401",
                "Host: localhost.evil.example | 401",
                "Host: 127.0.0.1~X-Forwarded-For: 203.0.113.7 | 401",
                "Host: 127.0.0.1~Forwarded: for=203.0.113.7 | 401",
                "Host: 127.0.0.1~X-Real-IP: 203.0.113.7 | 401",
                "Host: 127.0.0.1~Via: 1.1 proxy | 401"
            })
    void open_to_this_machine_is_not_open_to_whom_a_proxy_on_it_lets_in(String headers, int status) throws IOException {
        FrontDoor.Binding onlyDirect = new FrontDoor.Binding("127.0.0.1", 0, null, null, Forwarding.NONE, true);
        try (TestDoor door = new TestDoor(TestDoor.LIMITS, onlyDirect);
                Wire wire = door.open()) {
            String head = headers.replace("~", "\r\n") + "\r\n";
            assertThat(wire.send("GET /fake/main/echo HTTP/1.1\r\n" + head + "\r\n")
                            .answer()
                            .status())
                    .isEqualTo(status);
            // With a token everybody may.
            String token = "Authorization: Bearer " + door.token(Role.READER) + "\r\n";
            assertThat(wire.send("GET /fake/main/echo HTTP/1.1\r\n" + head + token + "\r\n")
                            .answer()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void blocks_of_addresses() {
        assertThat(contains("10.0.0.0/8", "10.255.0.1")).isTrue();
        assertThat(contains("10.0.0.0/8", "11.0.0.1")).isFalse();
        assertThat(contains("192.0.2.128/25", "192.0.2.200")).isTrue();
        assertThat(contains("192.0.2.128/25", "192.0.2.100")).isFalse();
        assertThat(contains("0.0.0.0/0", "8.8.8.8")).isTrue();
        assertThat(contains("0.0.0.0/0", "::1")).isFalse();
        assertThat(contains("::1", "::1")).isTrue();
        assertThat(contains("2001:db8::/33", "2001:db8:8000::1")).isFalse();
        for (String wrong :
                List.of("", "localhost", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "10.0.0/8/8", "::/129")) {
            assertThatThrownBy(() -> Network.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static boolean contains(String block, String address) {
        return Network.parse(block).contains(InetAddress.ofLiteral(address));
    }

    private static TestDoor door(String trusted, Forwarding.Header header, @Nullable String publicUrl)
            throws IOException {
        List<Network> networks = Arrays.stream(trusted.split(","))
                .filter(block -> !block.isBlank())
                .map(Network::parse)
                .toList();
        TestDoor door = new TestDoor(
                TestDoor.LIMITS,
                new FrontDoor.Binding("127.0.0.1", 0, publicUrl, null, new Forwarding(networks, header), false));
        door.format.quick(
                "who",
                exchange -> Response.text(
                        200,
                        exchange.visit().actor().address() + " "
                                + exchange.request().origin()));
        return door;
    }

    private static String who(TestDoor door, String headers) throws IOException {
        try (Wire wire = door.open()) {
            return wire.send(asking("/fake/main/who", headers)).answer().text();
        }
    }

    private static String asking(String path, String headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: reg.example:81\r\n" + headers + "\r\n";
    }
}
