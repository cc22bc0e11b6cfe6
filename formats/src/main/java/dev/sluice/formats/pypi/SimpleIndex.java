package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Conditional;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * {@code simple/}: the projects published here.
 *
 * <p>Projects of upstreams are not listed: their lists have tens of megabytes, and no client needs them to install something.
 */
record SimpleIndex(PypiFormat format, boolean slash) implements Endpoint {

    private static final int BATCH = 1_000;
    private static final int MAX_PROJECTS = 100_000;

    @Override
    public String name() {
        return "pypi.index";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) {
        if (!slash) {
            return Response.redirect(exchange.base(format) + "simple/");
        }
        List<String> names = new ArrayList<>();
        String after = "";
        while (names.size() < MAX_PROJECTS) {
            List<PackageName> batch = exchange.hosting().hostedNames(exchange.repository(), format.id(), after, BATCH);
            batch.forEach(name -> names.add(name.name()));
            if (batch.size() < BATCH) {
                break;
            }
            after = batch.getLast().name();
        }
        Representation form = Representation.of(exchange);
        byte[] body = form == Representation.JSON ? json(names) : html(names, exchange.base(format));
        return Conditional.answer(exchange.request(), body, form.contentType());
    }

    static byte[] json(List<String> names) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + names.size() * 40);
        try (JsonGenerator json = PypiFormat.JSON.streams().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeObjectPropertyStart("meta");
            json.writeStringProperty("api-version", "1.4");
            json.writeEndObject();
            json.writeArrayPropertyStart("projects");
            for (String name : names) {
                json.writeStartObject();
                json.writeStringProperty("name", name);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    static byte[] html(List<String> names, String base) {
        StringBuilder html = new StringBuilder(200 + names.size() * 80);
        html.append("<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"pypi:repository-version\" content=\"1.4\">\n");
        html.append("<meta charset=\"utf-8\">\n<title>Simple index</title>\n</head>\n<body>\n");
        for (String name : names) {
            html.append("<a href=\"")
                    .append(HtmlText.escape(base + "simple/" + Paths.encode(name) + "/"))
                    .append("\">")
                    .append(HtmlText.escape(name))
                    .append("</a><br>\n");
        }
        return html.append("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }
}
