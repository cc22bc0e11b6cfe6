package dev.sluice.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * How often somebody may do something: a bucket of points for each, which fills with time and from which each doing takes.
 *
 * <p>Somebody is a token, or where none is shown the client's address, of IPv6 the network of 64 bits that one client usually has
 * whole. Who took nothing for a while has a full bucket and is forgotten. Thread-safe; the memory is bounded.
 */
final class RateLimit {

    /** Memory for buckets: 4 MiB, about 15,000 of them; beyond, those not used for longest are forgotten. */
    private static final long MEMORY = 4L << 20;

    private static final int ENTRY = 250;

    /** What a bucket gains in a millisecond, in parts of a point; whole numbers, so that who waited as long as was told may go on. */
    private final long gain;

    /** How many parts a point has: the milliseconds in which a bucket gains its points. */
    private final long point;

    private final long most;
    private final InstantSource clock;
    private final Cache<String, Bucket> buckets;

    /** What is left of somebody's points, in parts, at that moment. */
    private static final class Bucket {
        private long parts;
        private long at;

        Bucket(long parts, long at) {
            this.parts = parts;
            this.at = at;
        }
    }

    /**
     * A limit.
     *
     * @param points how many a bucket gains in that time; 0 for no limit
     * @param most how many it holds
     */
    RateLimit(long points, Duration in, long most, InstantSource clock) {
        this.gain = points;
        this.point = in.toMillis();
        this.most = Math.multiplyExact(most, point);
        this.clock = clock;
        this.buckets = Caffeine.newBuilder()
                .maximumWeight(MEMORY)
                .weigher((String who, Bucket bucket) -> ENTRY + 2 * who.length())
                .executor(Runnable::run)
                .build();
    }

    /** Who asks. */
    static String who(@Nullable String tokenId, String address) {
        if (tokenId != null) {
            return "token " + tokenId;
        }
        InetAddress parsed = address.indexOf(':') < 0 ? null : Network.address(address);
        if (!(parsed instanceof Inet6Address)) {
            return address;
        }
        StringBuilder network = new StringBuilder(20);
        byte[] bytes = parsed.getAddress();
        for (int i = 0; i < 8; i++) {
            network.append(Integer.toHexString(bytes[i] & 0xff)).append('.');
        }
        return network.append("/64").toString();
    }

    /** How many seconds somebody has to wait, 0 when not at all. */
    int wait(String who) {
        if (gain <= 0) {
            return 0;
        }
        Bucket bucket = buckets.getIfPresent(who);
        if (bucket == null) {
            return 0;
        }
        synchronized (bucket) {
            fill(bucket);
            return bucket.parts >= point ? 0 : Math.toIntExact(Math.ceilDiv(point - bucket.parts, gain * 1000));
        }
    }

    /** Takes points from somebody; there may be fewer left than none, but not without end. */
    void take(String who, int points) {
        if (gain <= 0) {
            return;
        }
        Bucket bucket = buckets.get(who, first -> new Bucket(most, clock.millis()));
        synchronized (bucket) {
            fill(bucket);
            bucket.parts = Math.max(-most, bucket.parts - points * point);
        }
    }

    /** A clock that stepped back fills nothing. */
    private void fill(Bucket bucket) {
        long now = clock.millis();
        long missing = most - bucket.parts;
        long passed = Math.max(0, now - bucket.at);
        bucket.parts = passed > missing / gain ? most : bucket.parts + passed * gain;
        bucket.at = now;
    }
}
