package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Conditional;
import dev.sluice.formats.protocol.FileEndpoint;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Released;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code files/{project}/{file}.metadata}: the METADATA of a wheel (PEP 658), judged like the wheel.
 *
 * <p>The upstream's side-car is fetched once and kept, also where its index does not announce it; where it has none, the answer
 * is made from the wheel. So every wheel on a project page can be announced as having one.
 *
 * @param sideCar the side-car as a file of its own
 * @param wheel the wheel
 */
record FileMetadata(PypiFormat format, FileEndpoint sideCar, FileEndpoint.File wheel) implements Endpoint {

    @Override
    public String name() {
        return sideCar.name();
    }

    @Override
    public Permission permission() {
        return sideCar.permission();
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        return sideCar.handleFromMemory(exchange);
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        FileWant want = sideCar.file().in(exchange.repository());
        if (format.bareWheels().contains(want)) {
            return fromWheel(exchange, want);
        }
        FileOutcome outcome = exchange.gate().file(exchange.visit(), want);
        boolean absent = outcome instanceof Missing missing && !missing.unavailable();
        return absent && wheel.in(exchange.repository()).fileName().endsWith(".whl")
                ? fromWheel(exchange, want)
                : sideCar.answer(exchange, outcome);
    }

    private Response fromWheel(Exchange exchange, FileWant want) throws IOException {
        FileWant of = wheel.in(exchange.repository());
        FileOutcome outcome = exchange.gate().file(exchange.visit(), of);
        if (!(outcome instanceof Released released)) {
            return sideCar.answer(exchange, outcome);
        }
        byte[] metadata = format.bareWheels().metadata(released);
        if (metadata == null) {
            return Problem.of(404, of.fileName() + " has no METADATA that can be read");
        }
        format.bareWheels().add(want);
        return Conditional.answer(
                exchange.request(), new Listed.Rendering(metadata, sideCar.contentType()), released.notices());
    }
}
