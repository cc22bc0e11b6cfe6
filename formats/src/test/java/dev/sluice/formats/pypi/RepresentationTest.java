package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RepresentationTest {

    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final String HTML = "application/vnd.pypi.simple.v1+html";

    @Test
    void real_clients_get_what_they_prefer() {
        // pip, uv, a browser, curl, an old setuptools
        assertThat(preferred(JSON + ", " + HTML + "; q=0.1, text/html; q=0.01")).isEqualTo(Representation.JSON);
        assertThat(preferred(JSON + ", " + HTML + ";q=0.2, text/html;q=0.01")).isEqualTo(Representation.JSON);
        assertThat(preferred("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
                .isEqualTo(Representation.PLAIN_HTML);
        assertThat(preferred("*/*")).isEqualTo(Representation.PLAIN_HTML);
        assertThat(Representation.preferred(List.of())).isEqualTo(Representation.PLAIN_HTML);
    }

    @Test
    void quality_decides_before_anything_else() {
        assertThat(preferred(JSON + ";q=0.3, text/html;q=0.4")).isEqualTo(Representation.PLAIN_HTML);
        assertThat(preferred(JSON + ";q=0.001, text/html;q=0")).isEqualTo(Representation.JSON);
        assertThat(preferred(HTML + ", " + JSON + ";q=0.9")).isEqualTo(Representation.HTML);
        assertThat(preferred("*/*, " + JSON)).isEqualTo(Representation.JSON);
        assertThat(preferred("application/vnd.pypi.simple.latest+json")).isEqualTo(Representation.JSON);
    }

    @Test
    void reads_every_accept_line() {
        assertThat(Representation.preferred(List.of("text/html;q=0.1", JSON))).isEqualTo(Representation.JSON);
    }

    @Test
    void nonsense_and_floods_get_plain_html() {
        assertThat(preferred("application/x-unknown")).isEqualTo(Representation.PLAIN_HTML);
        assertThat(preferred(";;q=,,=;q=NaN")).isEqualTo(Representation.PLAIN_HTML);
        assertThat(preferred(JSON + ";q=nonsense")).isEqualTo(Representation.PLAIN_HTML);
        assertThat(preferred("a/b,".repeat(5_000) + JSON)).isEqualTo(Representation.PLAIN_HTML);
    }

    private static Representation preferred(String accept) {
        return Representation.preferred(List.of(accept));
    }
}
