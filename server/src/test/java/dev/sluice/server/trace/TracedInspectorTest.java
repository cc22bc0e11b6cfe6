package dev.sluice.server.trace;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sluice.kernel.gate.Inspector;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class TracedInspectorTest {

    /** What it left to a default would be the default's word, and not that of the inspector it stands before. */
    @Test
    void it_asks_the_inspector_for_everything_that_an_inspector_tells() {
        for (Method method : Inspector.class.getMethods()) {
            assertThatCode(() -> TracedInspector.class.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                    .as(method.toString())
                    .doesNotThrowAnyException();
        }
    }
}
