package dev.sluice.server.trace;

import dev.sluice.kernel.gate.Inspector;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An inspector with a span for each inspection. Thread-safe. */
record TracedInspector(Traces traces, Inspector inspector) implements Inspector {

    @Override
    public int version() {
        return inspector.version();
    }

    @Override
    public Set<String> formats() {
        return inspector.formats();
    }

    @Override
    public Inspection inspect(String format, String fileName, Content content) throws IOException {
        return traces.run("inspect", () -> inspector.inspect(format, fileName, content));
    }

    @Override
    public byte @Nullable [] description(String format, String fileName, Content content) throws IOException {
        return inspector.description(format, fileName, content);
    }

    @Override
    public byte @Nullable [] metadata(String format, String fileName, Content content) throws IOException {
        return inspector.metadata(format, fileName, content); // most of it is asking the upstream, which has spans
    }
}
