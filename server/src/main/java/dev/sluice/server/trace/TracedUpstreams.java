package dev.sluice.server.trace;

import dev.sluice.kernel.gate.UpstreamClient;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** The way to upstreams, with a span from each question to the end of the answer's body. Thread-safe. */
final class TracedUpstreams implements UpstreamClient {

    private final Traces traces;
    private final UpstreamClient client;

    TracedUpstreams(Traces traces, UpstreamClient client) {
        this.traces = traces;
        this.client = client;
    }

    @Override
    public Answer ask(Ask ask) throws IOException {
        Span span = traces.below("GET", SpanKind.CLIENT);
        if (span == null) {
            return client.ask(ask);
        }
        URI uri = ask.uri();
        span.setAttribute("http.request.method", "GET");
        span.setAttribute("url.full", bare(uri));
        if (uri.getHost() != null) {
            span.setAttribute("server.address", uri.getHost());
            span.setAttribute("server.port", port(uri));
        }
        span.setAttribute("sluice.upstream", ask.upstream().id());
        try {
            Answer answer = Traces.within(span, () -> client.ask(ask));
            span.setAttribute("http.response.status_code", answer.status());
            if (answer.status() >= 400) {
                span.setAttribute("error.type", Integer.toString(answer.status()));
                span.setStatus(StatusCode.ERROR);
            }
            return new Answer(answer.status(), answer.uri(), answer.headers(), new Body(answer.body(), span));
        } catch (IOException | RuntimeException failure) {
            Traces.fail(span, failure);
            span.end();
            throw failure;
        }
    }

    /** Without what may be secret: user, query and fragment. */
    private static String bare(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost();
        return uri.getScheme() + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getRawPath();
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static final class Body extends FilterInputStream {
        private final Span span;
        private long bytes;

        Body(InputStream in, Span span) {
            super(in);
            this.span = span;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                int count = in.read(buffer, offset, length);
                bytes += Math.max(0, count);
                return count;
            } catch (IOException failure) {
                Traces.fail(span, failure);
                throw failure;
            }
        }

        @Override
        public void close() throws IOException {
            span.setAttribute("http.response.body.size", bytes);
            span.end();
            super.close();
        }
    }
}
