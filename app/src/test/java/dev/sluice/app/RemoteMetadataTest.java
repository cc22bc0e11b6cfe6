package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.policies.PolicyFile;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.UpstreamClient.Answer;
import dev.sluice.kernel.gate.UpstreamClient.Ask;
import dev.sluice.kernel.gate.UpstreamClient.Range;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.FakeUpstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** METADATA of wheels whose upstream does not have it by itself: read from the end of the wheel, not by fetching all of it. */
final class RemoteMetadataTest {

    private static final String UP = "https://registry.example/";
    private static final String NAME = "lib-1.0-py3-none-any.whl";
    private static final String WHEEL = "files/lib/" + NAME;
    private static final String SIDE_CAR = WHEEL + ".metadata";
    private static final String MIT =
            "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\nLicense: MIT\nRequires-Python: >=2\n";
    private static final String STARTER = StarterPolicies.text("index-and-artifact-disagree.rego");

    /** Larger than what is asked for at once. */
    private static final byte[] LARGE = wheel(MIT, 1 << 20, 10);

    private final TestGate gate = gate();

    private static TestGate gate() {
        TestGate gate = new TestGate(
                new PypiFormat(new Pep440Order(), Withheld.DROP),
                new MemoryAdvisoryStore(),
                new ArtifactInspector(),
                GateSettings.STANDARD);
        gate.upstream("pypi", UP, Upstream.Trust.TRUSTED);
        return gate;
    }

    private static void enforce(TestGate gate, String policy) throws PolicyRejectedException {
        gate.policies().create(PolicyFile.read("policy.rego", policy, null), Event.Actor.SYSTEM);
    }

    private static byte[] wheel(String metadata, int ballast, int files, String... more) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            byte[] content = new byte[ballast / files];
            new Random(files).nextBytes(content);
            for (int i = 0; i < files; i++) {
                zip.putNextEntry(new ZipEntry("lib/a_rather_long_name_of_a_module_" + i + ".py"));
                zip.write(content);
            }
            zip.putNextEntry(new ZipEntry("lib-1.0.dist-info/METADATA"));
            zip.write(metadata.getBytes(UTF_8));
            for (String name : more) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(metadata.getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    /** A page that does not announce side-cars. */
    private void lists(byte[] promised, long size) {
        gate.upstreams()
                .has(
                        UP + "lib/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"lib\",\"files\":[{\"filename\":\"" + NAME
                                + "\",\"url\":\"" + UP + NAME + "\",\"hashes\":{\"sha256\":\""
                                + MemoryBlobStore.digest(Algorithm.SHA256, promised)
                                        .hex()
                                + "\"}" + (size < 0 ? "" : ",\"size\":" + size) + "}]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json");
    }

    private TestGate has(byte[] wheel) {
        lists(wheel, wheel.length);
        gate.upstreams().hasInParts(UP + NAME, wheel);
        return gate;
    }

    private int askedForAll() {
        return gate.upstreams().asked(UP + NAME)
                - gate.upstreams().parts(UP + NAME).size();
    }

    @Test
    void the_end_of_the_wheel_is_enough_and_is_asked_for_once() throws IOException {
        has(LARGE);

        for (int i = 0; i < 3; i++) {
            Response response = gate.get(SIDE_CAR);
            assertThat(response.status()).isEqualTo(200);
            assertThat(TestGate.text(response)).isEqualTo(MIT);
        }

        assertThat(gate.upstreams().parts(UP + NAME)).hasSize(1).allMatch(range -> range.length() < 100_000);
        assertThat(askedForAll()).isZero();
        assertThat(gate.upstreams().asked(UP + NAME + ".metadata"))
                .as("an index that does not announce it does not have it")
                .isZero();
    }

    @Test
    void where_the_index_tells_no_size_the_last_bytes_are_asked_for() throws IOException {
        has(LARGE);
        lists(LARGE, -1);

        assertThat(TestGate.text(gate.get(SIDE_CAR))).isEqualTo(MIT);

        assertThat(gate.upstreams().parts(UP + NAME).getFirst().first()).isNegative();
        assertThat(askedForAll()).isZero();
    }

    @Test
    void a_directory_that_is_longer_than_what_was_asked_for_is_asked_for_by_itself() throws IOException {
        has(wheel(MIT, 2 << 20, 3_000));

        assertThat(TestGate.text(gate.get(SIDE_CAR))).isEqualTo(MIT);

        assertThat(gate.upstreams().parts(UP + NAME)).hasSizeBetween(2, 3);
        assertThat(askedForAll()).isZero();
    }

    @Test
    void what_the_index_announces_is_asked_for_first_and_what_was_read_otherwise_has_to_be_what_it_promised()
            throws IOException {
        for (String promised : new String[] {MIT, "another"}) {
            RemoteMetadataTest fresh = new RemoteMetadataTest();
            fresh.has(LARGE);
            fresh.gate
                    .upstreams()
                    .has(
                            UP + "lib/",
                            "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"lib\",\"files\":[{\"filename\":\"" + NAME
                                    + "\",\"url\":\"" + UP + NAME + "\",\"hashes\":{},\"core-metadata\":{\"sha256\":\""
                                    + MemoryBlobStore.digest(Algorithm.SHA256, promised.getBytes(UTF_8))
                                            .hex()
                                    + "\"}}]}",
                            "content-type",
                            "application/vnd.pypi.simple.v1+json");

            int status = fresh.gate.get(SIDE_CAR).status();

            assertThat(fresh.gate.upstreams().asked(UP + NAME + ".metadata")).isEqualTo(1);
            assertThat(status).isEqualTo(promised.equals(MIT) ? 200 : 502);
        }
    }

    @Test
    void a_policy_on_licences_that_holds_what_it_does_not_know_learns_from_the_end_of_the_wheel() throws Exception {
        has(LARGE);
        enforce(
                gate,
                StarterPolicies.text("licence-deny-list.rego")
                        .replace("#   mode: audit", "#   mode: enforce\n#   on_unknown: hold"));

        assertThat(TestGate.text(gate.get("simple/lib/"))).contains(NAME);

        assertThat(askedForAll()).isZero();
    }

    /** The upstream shows a METADATA by parts that the wheel, whose digest the index promises, does not hold. */
    @Test
    void what_the_parts_said_otherwise_than_the_wheel_is_a_contradiction_and_withheld() throws Exception {
        for (String what : new String[] {"licence", "dependencies", "required runtime"}) {
            String shown = switch (what) {
                case "licence" -> MIT.replace("MIT", "BSD-3-Clause");
                case "dependencies" -> MIT + "Requires-Dist: evil\n";
                default -> MIT.replace(">=2", ">=3");
            };
            RemoteMetadataTest fresh = new RemoteMetadataTest();
            byte[] forged = wheel(shown, 1 << 20, 10);
            fresh.lists(LARGE, -1);
            fresh.gate
                    .upstreams()
                    .behaves(UP + NAME, ask -> FakeUpstream.part(ask, ask.range() == null ? LARGE : forged));
            enforce(fresh.gate, STARTER);

            assertThat(TestGate.text(fresh.gate.get(SIDE_CAR))).isEqualTo(shown);
            Response wheel = fresh.gate.get(WHEEL);

            assertThat(wheel.status()).as(shown).isEqualTo(403);
            assertThat(TestGate.text(wheel)).contains("sources disagree about its " + what);
            assertThat(fresh.gate.get(SIDE_CAR).status()).as("from then on").isEqualTo(403);
        }
    }

    @Test
    void an_honest_wheel_is_released_after_its_parts_were_read() throws Exception {
        has(LARGE);
        enforce(gate, STARTER);

        assertThat(gate.get(SIDE_CAR).status()).isEqualTo(200);
        assertThat(TestGate.body(gate.get(WHEEL))).isEqualTo(LARGE);
        assertThat(gate.get(SIDE_CAR).status()).isEqualTo(200);
    }

    @Test
    void a_wheel_that_is_here_already_is_read_here() throws IOException {
        has(LARGE);
        assertThat(gate.get(WHEEL).status()).isEqualTo(200);

        assertThat(TestGate.text(gate.get(SIDE_CAR))).isEqualTo(MIT);

        assertThat(gate.upstreams().parts(UP + NAME)).isEmpty();
    }

    /** Each is read from the whole wheel, as without parts; none is believed. */
    @TestFactory
    Stream<DynamicTest> who_does_not_send_what_was_asked_for_is_not_believed() {
        return Stream.of(
                lie("all of it", (ask, part) -> FakeUpstream.part(all(ask), LARGE)),
                lie("no word of which part", (ask, part) -> answer(206, null, bytes(part))),
                lie(
                        "another part than was asked for",
                        (ask, part) -> answer(206, "bytes 0-9/" + LARGE.length, bytes(part))),
                lie(
                        "a part of something longer",
                        (ask, part) -> answer(206, range(part, LARGE.length + 1), bytes(part))),
                lie("a part of unknown whole", (ask, part) -> answer(206, range(part, -1), bytes(part))),
                lie(
                        "a part that is broken off",
                        (ask, part) -> answer(206, part.header("content-range"), Arrays.copyOf(bytes(part), 1_000))),
                lie(
                        "a part that goes on",
                        (ask, part) -> answer(206, part.header("content-range"), Arrays.copyOf(bytes(part), 90_000))),
                lie(
                        "numbers that no one can read",
                        (ask, part) -> answer(206, "bytes 9999999999999999999-1/1", bytes(part))),
                lie(
                        "bytes that are no archive",
                        (ask, part) -> answer(206, part.header("content-range"), new byte[END])),
                lie("nothing like that", (ask, part) -> answer(404, null, new byte[0])),
                lie("not satisfiable", (ask, part) -> answer(416, "bytes */" + LARGE.length, new byte[0])),
                lie("failure", (ask, part) -> answer(500, null, new byte[0])));
    }

    private static final int END = 72 << 10;

    private static DynamicTest lie(String name, BiFunction<Ask, Answer, Answer> lie) {
        return DynamicTest.dynamicTest(name, () -> {
            RemoteMetadataTest fresh = new RemoteMetadataTest();
            fresh.lists(LARGE, LARGE.length);
            fresh.gate
                    .upstreams()
                    .behaves(
                            UP + NAME,
                            ask -> ask.range() == null
                                    ? FakeUpstream.part(ask, LARGE)
                                    : lie.apply(ask, FakeUpstream.part(ask, LARGE)));

            Response response = fresh.gate.get(SIDE_CAR);

            assertThat(response.status()).isEqualTo(200);
            assertThat(TestGate.text(response)).isEqualTo(MIT);
            assertThat(fresh.askedForAll()).isEqualTo(1);
            assertThat(fresh.gate.upstreams().asked(UP + NAME + ".metadata"))
                    .as("before the whole, it is asked for by itself")
                    .isEqualTo(1);
        });
    }

    private static Ask all(Ask ask) {
        return new Ask(ask.upstream(), ask.uri(), ask.accept(), null, null, Long.MAX_VALUE);
    }

    private static Answer answer(int status, @Nullable String contentRange, byte[] body) {
        return new Answer(
                status,
                java.net.URI.create(UP + NAME),
                contentRange == null ? Map.of() : Map.of("content-range", contentRange),
                new ByteArrayInputStream(body));
    }

    private static byte[] bytes(Answer answer) {
        try {
            return answer.body().readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String range(Answer part, long total) {
        String told = String.valueOf(part.header("content-range"));
        return told.substring(0, told.indexOf('/') + 1) + (total < 0 ? "*" : total);
    }

    @Test
    void a_host_that_sends_all_instead_of_a_part_is_not_asked_for_parts_again_for_a_while() throws IOException {
        lists(LARGE, LARGE.length);
        gate.upstreams().has(UP + NAME, LARGE);
        gate.get(SIDE_CAR);
        String other = "lib-2.0-py3-none-any.whl";
        gate.pass(java.time.Duration.ofMinutes(10));
        gate.upstreams()
                .has(
                        UP + "lib/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"lib\",\"files\":[{\"filename\":\"" + other
                                + "\",\"url\":\"" + UP + other + "\",\"hashes\":{}}]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json")
                .hasInParts(UP + other, LARGE);

        assertThat(gate.get("files/lib/" + other + ".metadata").status()).isEqualTo(200);
        assertThat(gate.upstreams().parts(UP + other)).isEmpty();
    }

    @Test
    void of_a_wheel_replaced_between_two_parts_nothing_is_believed() throws IOException {
        byte[] large = wheel(MIT, 2 << 20, 3_000);
        lists(large, large.length);
        gate.upstreams().behaves(UP + NAME, ask -> {
            Answer part = FakeUpstream.part(ask, large);
            int count = gate.upstreams().parts(UP + NAME).size();
            return ask.range() == null
                    ? part
                    : new Answer(
                            206,
                            part.uri(),
                            Map.of(
                                    "content-range",
                                    String.valueOf(part.header("content-range")),
                                    "etag",
                                    "\"" + count + "\""),
                            part.body());
        });

        assertThat(gate.get(SIDE_CAR).status()).isEqualTo(200);
        assertThat(askedForAll()).isEqualTo(1);
    }

    @Test
    void a_directory_beyond_all_bounds_is_not_followed() throws IOException {
        byte[] large = wheel(MIT, 1 << 20, 60_000);
        has(large);

        assertThat(gate.get(SIDE_CAR).status()).isEqualTo(200);

        assertThat(gate.upstreams().parts(UP + NAME).stream()
                        .mapToLong(Range::length)
                        .sum())
                .isLessThan(4L << 20);
        assertThat(askedForAll()).isEqualTo(1);
    }

    /** Two METADATA: whoever reads the one is told another thing than whoever reads the other. */
    @Test
    void an_ambiguous_wheel_is_fetched_as_a_whole_and_withheld() throws IOException, PolicyRejectedException {
        byte[] twins = wheel(MIT, 1 << 20, 10, "evil-1.0.dist-info/METADATA");
        has(twins);
        enforce(gate, STARTER);

        assertThat(gate.get(SIDE_CAR).status()).isEqualTo(403);
        assertThat(askedForAll()).isEqualTo(1);
    }

    /** Nobody promised it, and nothing in it is compared: still clients are told what they will find. */
    @Test
    void once_the_wheel_is_here_its_own_metadata_is_what_clients_are_told() throws Exception {
        for (String shown : new String[] {
            MIT.replace("Requires-Python: >=2\n", ""), MIT + "Summary: another\n", MIT.replace("1.0", "9.0")
        }) {
            RemoteMetadataTest fresh = new RemoteMetadataTest();
            byte[] forged = wheel(shown, 1 << 20, 10);
            fresh.lists(LARGE, -1);
            fresh.gate
                    .upstreams()
                    .behaves(UP + NAME, ask -> FakeUpstream.part(ask, ask.range() == null ? LARGE : forged));
            enforce(fresh.gate, STARTER);
            assertThat(TestGate.text(fresh.gate.get(SIDE_CAR))).isEqualTo(shown);

            assertThat(fresh.gate.get(WHEEL).status()).isEqualTo(200);

            for (int i = 0; i < 2; i++) {
                assertThat(TestGate.text(fresh.gate.get(SIDE_CAR))).isEqualTo(MIT);
            }
        }
    }

    @Test
    void metadata_of_another_project_is_not_believed() throws IOException {
        byte[] forged = wheel(MIT.replace("Name: lib", "Name: evil"), 1 << 20, 10);
        lists(LARGE, -1);
        gate.upstreams().behaves(UP + NAME, ask -> FakeUpstream.part(ask, ask.range() == null ? LARGE : forged));

        assertThat(TestGate.text(gate.get(SIDE_CAR))).isEqualTo(MIT);
    }

    /** Who cannot give a part may well give the whole: nothing of the upstream rests for it. */
    @Test
    void an_upstream_that_breaks_on_parts_alone_still_gives_the_whole_at_once() throws IOException {
        lists(LARGE, LARGE.length);
        gate.upstreams().behaves(UP + NAME, ask -> {
            return ask.range() == null
                    ? FakeUpstream.part(ask, LARGE)
                    : new Answer(429, ask.uri(), Map.of("retry-after", "300"), new ByteArrayInputStream(new byte[0]));
        });

        assertThat(TestGate.text(gate.get(SIDE_CAR))).isEqualTo(MIT);
        assertThat(gate.get(WHEEL).status()).isEqualTo(200);
    }

    /** Stalls as long as the test wants; others go on. */
    @Test
    void a_host_that_stalls_leaves_room_for_others() throws Exception {
        int many = 40;
        StringBuilder files = new StringBuilder();
        for (int i = 0; i <= many; i++) {
            String host = i == many ? "https://honest.example/" : "https://stalling.example/";
            files.append(i == 0 ? "" : ",")
                    .append("{\"filename\":\"lib-1." + i + "-py3-none-any.whl\",\"url\":\"" + host + "lib-1." + i
                            + "-py3-none-any.whl\",\"hashes\":{}}");
        }
        gate.upstreams()
                .has(
                        UP + "lib/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"lib\",\"files\":[" + files + "]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json");
        CountDownLatch stalled = new CountDownLatch(24);
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < many; i++) {
            gate.upstreams().behaves("https://stalling.example/lib-1." + i + "-py3-none-any.whl", ask -> {
                stalled.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return FakeUpstream.part(ask, LARGE);
            });
        }
        gate.upstreams().hasInParts("https://honest.example/lib-1." + many + "-py3-none-any.whl", LARGE);
        List<Future<Response>> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < many; i++) {
                int file = i;
                answers.add(clients.submit(() -> gate.get("files/lib/lib-1." + file + "-py3-none-any.whl.metadata")));
            }
            stalled.await();

            assertThat(gate.get("files/lib/lib-1." + many + "-py3-none-any.whl.metadata")
                            .status())
                    .isEqualTo(200);
            end.countDown();
            for (Future<Response> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
            }
        }
    }
}
