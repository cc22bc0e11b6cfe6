package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What pages with thousands of files cost, counted in bytes allocated and in questions, never in time. */
class LargePagesTest {

    private static final String UP = "https://index.example/simple/";

    private final TestGate gate = new TestGate(new PypiFormat(new Pep440Order(), Withheld.DROP));

    private Response page(String project) throws IOException {
        return gate.get("simple/" + project + "/", "Accept", Pages.TYPE);
    }

    private TestGate upstream() {
        gate.upstream("up", UP, Upstream.Trust.TRUSTED);
        gate.withhold("cool-down", """
                input.v0.package.upstream_metadata.published_at != null
                  time.now_ns() - time.parse_rfc3339_ns(input.v0.package.upstream_metadata.published_at) < 259200000000000""");
        gate.withhold("malware", "count(input.v0.osv) > 0");
        return gate;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private long costOf(int wheels) throws IOException {
        String project = "p" + wheels;
        gate.upstreams().has(UP + project + "/", Pages.of(project, 1, wheels));
        assertThat(page(project).status()).isEqualTo(200);
        gate.withhold("other " + wheels, "input.v0.package.version == \"9\""); // judged anew, not parsed
        long before = allocated();
        assertThat(page(project).status()).isEqualTo(200);
        return allocated() - before;
    }

    @Test
    void judging_the_files_of_one_release_costs_in_proportion_to_their_number() throws IOException {
        upstream();
        costOf(10);
        long hundred = costOf(100);
        long thousand = costOf(1000);
        assertThat(thousand)
                .as("bytes for 1,000 files beside %s for 100", hundred)
                .isLessThan(hundred * 15);
        assertThat(thousand / 1000).as("bytes per file").isLessThan(100_000);
    }

    @Test
    void a_policy_on_file_names_is_still_asked_for_every_file() throws IOException {
        upstream().upstreams().has(UP + "many/", Pages.of("many", 3, 50));
        gate.withhold("seven", "contains(input.v0.package.filename, \"-7x-\")");
        String text = TestGate.text(page("many"));
        assertThat(text).contains("many-1.0-6x-py3-none-any.whl").doesNotContain("-7x-");
    }
}
