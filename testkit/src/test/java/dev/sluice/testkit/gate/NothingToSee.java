package dev.sluice.testkit.gate;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector;
import java.util.List;
import java.util.Set;

/** An inspector that reads no artifacts. */
final class NothingToSee implements Inspector {

    @Override
    public Set<String> formats() {
        return Set.of();
    }

    @Override
    public Inspection inspect(String format, String fileName, Content content) {
        return new Inspection(Signal.unknown("blind"), Signal.unknown("blind"), Signal.unknown("blind"), List.of());
    }

    @Override
    public byte @org.jspecify.annotations.Nullable [] description(String format, String fileName, Content content) {
        return null;
    }
}
