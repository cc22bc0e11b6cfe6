package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.format.Response;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    private RateLimit limit(int perMinute, long most) {
        return new RateLimit(perMinute, Duration.ofMinutes(1), most, () -> now);
    }

    @Test
    void points_come_back_with_time_and_say_how_long_that_takes() {
        RateLimit limit = limit(60, 10);
        limit.take("ada", 10);
        assertThat(limit.wait("ada")).isOne();
        assertThat(limit.wait("bob")).isZero();
        limit.take("ada", 5);
        assertThat(limit.wait("ada")).isEqualTo(6);
        now = now.plusSeconds(5);
        assertThat(limit.wait("ada")).isOne();
        now = now.plusSeconds(1);
        assertThat(limit.wait("ada")).isZero();
    }

    @Test
    void a_clock_that_steps_back_gives_nothing_and_takes_nothing() {
        RateLimit limit = limit(60, 10);
        limit.take("ada", 10);
        now = now.minus(Duration.ofDays(1));
        assertThat(limit.wait("ada")).isOne();
        now = now.plusSeconds(1);
        assertThat(limit.wait("ada")).isZero();
    }

    @Property(tries = 300)
    void nobody_waits_longer_than_it_takes_to_fill_the_bucket_twice(
            @ForAll @IntRange(min = 1, max = 10_000) int perMinute,
            @ForAll @IntRange(min = 0, max = 1_000_000) int taken) {
        RateLimit limit = limit(perMinute, 2L * perMinute);
        limit.take("ada", taken);
        limit.take("ada", taken);
        assertThat(limit.wait("ada")).isBetween(0, 2 * 60 + 61);
        now = now.plusSeconds(limit.wait("ada"));
        assertThat(limit.wait("ada")).isZero();
    }

    @Test
    void who_waited_as_long_as_was_told_may_go_on_where_a_second_gives_no_round_number_of_points() {
        RateLimit limit = limit(174, 348);
        limit.take("ada", 376);
        now = now.plusSeconds(limit.wait("ada"));
        assertThat(limit.wait("ada")).isZero();
    }

    @Test
    void no_points_mean_no_limit() {
        RateLimit limit = limit(0, 0);
        limit.take("ada", 1_000_000);
        assertThat(limit.wait("ada")).isZero();
    }

    @Test
    void an_address_of_ipv6_is_its_network() {
        assertThat(RateLimit.who(null, "2a00:1:2:3::1")).isEqualTo(RateLimit.who(null, "2a00:1:2:3:ffff::9"));
        assertThat(RateLimit.who(null, "2a00:1:2:3::1")).isNotEqualTo(RateLimit.who(null, "2a00:1:2:4::1"));
        assertThat(RateLimit.who(null, "10.0.0.1")).isNotEqualTo(RateLimit.who(null, "10.0.0.2"));
        assertThat(RateLimit.who("t1", "10.0.0.1")).isEqualTo(RateLimit.who("t1", "10.0.0.2"));
    }

    @Test
    void what_is_not_there_may_be_asked_for_so_often_and_then_the_address_waits_and_tokens_do_not() throws IOException {
        try (TestDoor door = new TestDoor(TestDoor.LIMITS.with(new Limits.Rates(10, 0)))) {
            door.format.get("gone", exchange -> Response.text(404, "gone"));
            String token = door.token(Role.READER);
            for (int i = 0; i < 20; i++) {
                assertThat(door.get("/fake/main/gone").statusCode())
                        .as("request " + i)
                        .isEqualTo(404);
            }
            HttpResponse<String> limited = door.get("/fake/main/gone");

            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(limited.headers().firstValue("Retry-After")).contains("6");
            assertThat(limited.body())
                    .contains("too many requests failed for this address")
                    .contains("limits.failures");
            assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(429);
            assertThat(door.get("/fake/main/echo", "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(door.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(door.get("/health").statusCode()).isEqualTo(200);
            String auditor = door.token(Role.AUDITOR);
            assertThat(door.get("/metrics", "Authorization", "Bearer " + auditor)
                            .body())
                    .contains("sluice_http_rate_limited_total{who=\"address\"} 2.0");
            door.now.set(door.now.get().plusSeconds(6));
            assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void who_guesses_credentials_waits_sooner() throws IOException {
        try (TestDoor door = new TestDoor(TestDoor.LIMITS.with(new Limits.Rates(150, 0)))) {
            for (int i = 0; i < 3; i++) {
                assertThat(door.get("/api/status", "Authorization", "Bearer slc_nonsense")
                                .statusCode())
                        .isEqualTo(401);
            }
            assertThat(door.get("/api/status", "Authorization", "Bearer slc_nonsense")
                            .statusCode())
                    .isEqualTo(429);
            assertThat(door.get("/why/unknown").statusCode()).isEqualTo(404);
            String auditor = door.token(Role.AUDITOR);
            assertThat(door.get("/api/status", "Authorization", "Bearer " + auditor)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void wrong_credentials_of_an_address_keep_out_neither_its_anonymous_readers_nor_its_tokens() throws IOException {
        try (TestDoor door = new TestDoor(TestDoor.LIMITS.with(new Limits.Rates(150, 0)))) {
            String token = door.token(Role.READER);
            String[] wrong = {"Authorization", "Bearer slc_nonsense"};
            for (int i = 0; i < 10; i++) {
                door.get("/fake/main/echo", wrong);
            }

            HttpResponse<String> limited = door.get("/fake/main/echo", wrong);
            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(limited.body()).contains("wrong credentials from this address");
            assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
            assertThat(door.get("/fake/closed/echo", "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void who_shows_no_token_where_one_is_needed_is_always_challenged_and_that_costs_nothing() throws IOException {
        try (TestDoor door = new TestDoor(TestDoor.LIMITS.with(new Limits.Rates(10, 0)))) {
            for (int i = 0; i < 30; i++) {
                assertThat(door.get("/fake/closed/echo").statusCode()).isEqualTo(401);
                assertThat(door.get("/api/status").statusCode()).isEqualTo(401);
            }
            assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);

            for (int i = 0; i < 21; i++) {
                door.get("/fake/main/nothing");
            }
            assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(429);
            HttpResponse<String> challenge = door.get("/fake/closed/echo");
            assertThat(challenge.statusCode()).isEqualTo(401);
            assertThat(challenge.headers().firstValue("WWW-Authenticate")).isPresent();
        }
    }

    @Test
    void requests_are_limited_where_that_is_configured() throws IOException {
        try (TestDoor door = new TestDoor(TestDoor.LIMITS.with(new Limits.Rates(0, 1)))) {
            for (int i = 0; i < 10; i++) {
                assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
            }
            HttpResponse<String> limited = door.get("/fake/main/echo");
            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(limited.body()).contains("limits.request-rate");
        }
    }
}
