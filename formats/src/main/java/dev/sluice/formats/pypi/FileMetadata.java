package dev.sluice.formats.pypi;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.FileWant;
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
 * @param fileName name of the wheel
 */
record FileMetadata(PypiFormat format, String project, String fileName) implements Endpoint {

    private static final String TYPE = "text/plain; charset=utf-8";

    @Override
    public String name() {
        return "pypi.metadata";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        FileWant sideCar = sideCar(exchange);
        Released released = sideCar == null ? null : exchange.gate().fileFromMemory(exchange.visit(), sideCar);
        return released == null ? null : FileDownload.answer(exchange, released, TYPE);
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        FileWant wheel = FileDownload.want(format, exchange, project, fileName);
        FileWant sideCar = sideCar(exchange);
        if (wheel == null || sideCar == null) {
            return Problem.of(404, "this is no distribution file of " + project);
        }
        if (format.bareWheels().contains(sideCar)) {
            return fromWheel(exchange, wheel, sideCar);
        }
        FileOutcome outcome = exchange.gate().file(exchange.visit(), sideCar);
        boolean absent = outcome instanceof Missing missing && !missing.unavailable();
        return absent && fileName.endsWith(".whl")
                ? fromWheel(exchange, wheel, sideCar)
                : FileDownload.answer(exchange, outcome, TYPE);
    }

    private @Nullable FileWant sideCar(Exchange exchange) {
        return FileDownload.want(format, exchange, project, fileName + DistributionFile.METADATA);
    }

    private Response fromWheel(Exchange exchange, FileWant want, FileWant sideCar) throws IOException {
        FileOutcome outcome = exchange.gate().file(exchange.visit(), want);
        if (!(outcome instanceof Released wheel)) {
            return FileDownload.answer(exchange, outcome, TYPE);
        }
        byte[] metadata = format.bareWheels().metadata(wheel);
        if (metadata == null) {
            return Problem.of(404, want.fileName() + " has no METADATA that can be read");
        }
        format.bareWheels().add(sideCar);
        return RefusalResponse.withNotices(
                Response.of(200, TYPE, metadata).with("Cache-Control", "no-cache"),
                wheel.notices().lines(),
                wheel.notices().stale());
    }
}
