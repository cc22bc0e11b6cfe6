package dev.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which literal addresses lie inside. */
class ReachTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "10.1.2.3, true",
        "172.31.255.255, true",
        "172.32.0.1, false",
        "192.168.0.1, true",
        "169.254.169.254, true",
        "100.64.0.1, true",
        "100.128.0.1, false",
        "0.1.2.3, true",
        "198.18.0.1, true",
        "224.0.0.1, true",
        "255.255.255.255, true",
        "8.8.8.8, false",
        "::1, true",
        "fc00::1, true",
        "fe80::1, true",
        "::ffff:127.0.0.1, true",
        "64:ff9b::7f00:1, true",
        "2001:4860:4860::8888, false"
    })
    void an_address_lies_inside_or_not(String address, boolean inside) throws UnknownHostException {
        assertThat(Reach.isInside(InetAddress.getByName(address))).isEqualTo(inside);
    }
}
