package dev.sluice.formats.pypi;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.FileWant;
import java.io.IOException;

/**
 * {@code files/{project}/{file}.provenance}: the attestations of a file (PEP 740), passed through from upstreams that have them
 * and judged like the file.
 *
 * @param fileName name of the distribution file
 */
record Provenance(PypiFormat format, String project, String fileName) implements Endpoint {

    @Override
    public String name() {
        return "pypi.provenance";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        FileWant sideCar = FileDownload.want(format, exchange, project, fileName + DistributionFile.PROVENANCE);
        return sideCar == null
                ? Problem.of(404, "this is no distribution file of " + project)
                : FileDownload.answer(
                        exchange,
                        exchange.gate().file(exchange.visit(), sideCar),
                        "application/vnd.pypi.integrity.v1+json");
    }
}
