package dev.sluice.formats.pypi;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.FileWant;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Refused;
import dev.sluice.kernel.gate.Released;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code files/{project}/{file}}: a distribution file.
 *
 * @param project as addressed
 * @param fileName name of the file
 */
record FileDownload(PypiFormat format, String project, String fileName) implements Endpoint {

    @Override
    public String name() {
        return "pypi.file";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        FileWant want = want(format, exchange, project, fileName);
        if (want == null) {
            return Problem.of(404, "this is no distribution file of " + project);
        }
        Released released = exchange.gate().fileFromMemory(exchange.visit(), want);
        return released == null ? null : answer(exchange, released, "application/octet-stream");
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        FileWant want = want(format, exchange, project, fileName);
        if (want == null) {
            return Problem.of(404, "this is no distribution file of " + project);
        }
        return answer(exchange, exchange.gate().file(exchange.visit(), want), "application/octet-stream");
    }

    /** What is wanted: the file itself or its side-car; null when the name is none of the project's. */
    static @Nullable FileWant want(PypiFormat format, Exchange exchange, String project, String fileName) {
        PackageName name = format.nameOrNull(project);
        if (name == null) {
            return null;
        }
        DistributionFile file = DistributionFile.parse(name.name(), DistributionFile.subjectOf(fileName));
        return file == null
                ? null
                : new FileWant(exchange.repository(), name, file.version(), Paths.file(name.name(), fileName));
    }

    /** The outcome as a response. Clients ask again every time: a decision may have changed. */
    static Response answer(Exchange exchange, FileOutcome outcome, String contentType) {
        return switch (outcome) {
            case Released released ->
                RefusalResponse.withNotices(
                        Response.artifact(contentType, released).with("Cache-Control", "no-cache"),
                        released.notices().lines(),
                        released.notices().stale());
            case Refused refused ->
                RefusalResponse.of(refused.refusal(), exchange.request().origin());
            case Missing missing -> Problem.of(missing);
        };
    }
}
