package dev.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import dev.sluice.kernel.repository.Upstream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A name server that tells the check one thing and the connection another. Names end in .invalid, which nobody has (RFC 6761). */
class PinnedNamesTest {
    private static final LookupPolicy ANY = LookupPolicy.of(LookupPolicy.IPV4 | LookupPolicy.IPV6);
    private static final Upstream UPSTREAM =
            new Upstream("up", "npm", URI.create("http://origin.invalid/"), 0, Upstream.Trust.TRUSTED, null);

    private final InetAddress outside = address("8.8.8.8");
    private final InetAddress inside = address("127.0.0.1");

    /** By now it says what leads inward. */
    private final InetAddressResolver liar = PinnedNames.over(new InetAddressResolver() {
        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) {
            return Stream.of(inside);
        }

        @Override
        public String lookupByAddress(byte[] address) {
            return "liar.invalid";
        }
    });

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void a_name_keeps_its_addresses_while_it_is_held_and_no_longer() throws UnknownHostException {
        try (PinnedNames.Held first = PinnedNames.hold("held.invalid", List.of(outside))) {
            try (PinnedNames.Held second = PinnedNames.hold("HELD.invalid", List.of(inside))) {
                assertThat(second).isNotNull();
                assertThat(liar.lookupByName("Held.Invalid", ANY)).containsExactly(outside);
            }
            assertThat(first).isNotNull();
            assertThat(liar.lookupByName("held.invalid", ANY)).containsExactly(outside);
            assertThat(liar.lookupByName("other.invalid", ANY)).containsExactly(inside);
        }
        assertThat(liar.lookupByName("held.invalid", ANY)).containsExactly(inside);
    }

    @Test
    void every_look_up_of_this_jvm_heeds_what_is_held() throws UnknownHostException {
        try (PinnedNames.Held held = PinnedNames.hold("jvm.invalid", List.of(outside))) {
            assertThat(held).isNotNull();
            assertThat(InetAddress.getAllByName("jvm.invalid")).containsExactly(outside);
        }
    }

    @Test
    void what_was_checked_is_what_is_connected_to_as_long_as_the_way_is_open() throws Exception {
        Reach reach = new Reach(Set.of());
        PinnedNames.Held server = PinnedNames.hold("checked.invalid", List.of(outside));
        try (Reach.Way way = reach.open(UPSTREAM, URI.create("http://checked.invalid/file"))) {
            server.close(); // from here on another answer
            assertThat(way).isNotNull();
            assertThat(liar.lookupByName("checked.invalid", ANY)).containsExactly(outside);
        }
        assertThat(liar.lookupByName("checked.invalid", ANY)).containsExactly(inside);
    }

    @Test
    void a_name_that_leads_inward_as_one_of_its_addresses_is_refused_and_not_held() throws UnknownHostException {
        Reach reach = new Reach(Set.of());
        try (PinnedNames.Held server =
                PinnedNames.hold("inward.invalid", List.of(outside, address("169.254.169.254")))) {
            assertThat(server).isNotNull();
            assertThatThrownBy(() -> reach.open(UPSTREAM, URI.create("http://inward.invalid/latest/meta-data")))
                    .isInstanceOf(UpstreamException.class)
                    .hasMessageContaining("lies inside (inward.invalid)");
        }
        assertThat(liar.lookupByName("inward.invalid", ANY)).containsExactly(inside);
    }
}
