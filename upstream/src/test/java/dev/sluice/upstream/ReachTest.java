package dev.sluice.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        "2001:4860:4860::8888, false",
        "168.63.129.16, true",
        "168.63.129.17, false",
        "192.0.0.192, true",
        "192.0.2.1, false",
        "198.51.100.7, false",
        "203.0.113.9, false",
        "192.88.99.1, true",
        "::, true",
        "::a00:1, true",
        "::808:808, true",
        "::ffff:8.8.8.8, false",
        "::ffff:0:8.8.8.8, true",
        "64:ff9b::808:808, false",
        "64:ff9b::a9fe:a9fe, true",
        "64:ff9b:1::808:808, true",
        "2001::1, true",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2, true",
        "2001:db8::1, false",
        "2002:a00:1::1, true",
        "2002:808:808::1, true",
        "3fff::1, false",
        "2606:4700::5efe:a00:1, true",
        "100::1, true",
        "fec0::1, true",
        "fd00:ec2::254, true",
        "fd20:ce::254, true",
        "ff02::1, true",
        "5f00::1, true",
        "2606:4700:4700::1111, false",
        "2a00:1450:4001::1, false"
    })
    void an_address_lies_inside_or_not(String address, boolean inside) throws UnknownHostException {
        assertThat(Reach.isInside(InetAddress.getByName(address))).isEqualTo(inside);
    }

    /** Whatever way of carrying IPv4 inside IPv6 there is, a private address does not get out by it. */
    @Property(tries = 2000)
    void no_private_address_is_outside_however_it_is_wrapped(
            @ForAll @IntRange(min = 0, max = 0xffffff) int low, @ForAll @IntRange(min = 0, max = 6) int wrapping)
            throws UnknownHostException {
        int[] v4 = {10, low >> 16, low >> 8 & 0xff, low & 0xff};
        byte[] wrapped = new byte[16];
        int at = 12;
        switch (wrapping) {
            case 0 -> {} // compatible
            case 1 -> wrapped[10] = wrapped[11] = (byte) 0xff; // mapped
            case 2 -> wrapped[8] = wrapped[9] = (byte) 0xff; // translated
            case 3 -> System.arraycopy(new byte[] {0, 0x64, (byte) 0xff, (byte) 0x9b}, 0, wrapped, 0, 4);
            case 4 -> {
                wrapped[0] = 0x20;
                wrapped[1] = 2;
                at = 2;
            }
            case 5 -> {
                wrapped[0] = 0x20;
                wrapped[1] = 1;
            }
            default ->
                System.arraycopy(new byte[] {0x26, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, (byte) 0xfe}, 0, wrapped, 0, 12);
        }
        for (int i = 0; i < 4; i++) {
            wrapped[at + i] = (byte) v4[i];
        }
        assertThat(Reach.isInside(InetAddress.getByAddress(wrapped))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/8",
                "10.0.0.0/8",
                "100.64.0.0/10",
                "127.0.0.0/8",
                "169.254.0.0/16",
                "172.16.0.0/12",
                "192.0.0.0/24",
                "192.88.99.0/24",
                "192.168.0.0/16",
                "198.18.0.0/15",
                "224.0.0.0/4",
                "240.0.0.0/4"
            })
    void of_every_special_block_the_first_and_the_last_are_inside_and_their_neighbours_are_as_they_are(String block)
            throws UnknownHostException {
        int slash = block.indexOf('/');
        byte[] first = InetAddress.ofLiteral(block.substring(0, slash)).getAddress();
        int start = ByteBuffer.wrap(first).getInt();
        int size = 1 << (32 - Integer.parseInt(block.substring(slash + 1)));
        for (int each : new int[] {start, start + size / 2, start + size - 1}) {
            assertThat(Reach.isInside(InetAddress.getByAddress(
                            ByteBuffer.allocate(4).putInt(each).array())))
                    .as(block)
                    .isTrue();
        }
    }
}
