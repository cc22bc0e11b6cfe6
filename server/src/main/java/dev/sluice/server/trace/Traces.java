package dev.sluice.server.trace;

import dev.sluice.kernel.gate.Inspector;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Journal;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tracing with OpenTelemetry: spans go to a collector by OTLP over HTTP.
 *
 * <p>Names of attributes are those of OpenTelemetry's semantic conventions for HTTP, and {@code sluice.*}. No query, no token, no
 * header but User-Agent and no message of a failure becomes an attribute; texts are cut to 1,000 characters. Where a thread is in a
 * trace is a scoped value, not a thread local, so that nothing is left behind on event loops. Thread-safe.
 */
public final class Traces implements Tracing {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");
    private static final AttributeKey<List<String>> POLICY = AttributeKey.stringArrayKey("sluice.policy");
    private static final SpanLimits LIMITS =
            SpanLimits.builder().setMaxAttributeValueLength(1_000).build();

    /** Where the calling thread is; unbound outside followed requests. */
    private static final ScopedValue<Place> PLACE = ScopedValue.newInstance();

    private static final TextMapGetter<String> ONLY_PARENT =
            (carrier, key) -> key.equals("traceparent") ? carrier : null;

    /**
     * A place within a trace.
     *
     * @param request span of the whole request
     * @param context the span that contains what is done now
     */
    private record Place(Span request, Context context) {
        Place in(Span span) {
            return new Place(request, context.with(span));
        }
    }

    /**
     * Where traces go and which.
     *
     * @param endpoint address of the collector; {@code /v1/traces} is added unless it ends so
     * @param headers sent to it with every batch; secret
     * @param sample which part of the traces that begin here is followed, 0 to 1
     * @param service name of this service
     * @param version its version
     * @param queue how many spans may wait for the collector
     * @param farewell how long the end waits for it to take the last of them
     */
    public record Settings(
            String endpoint,
            Map<String, String> headers,
            double sample,
            String service,
            String version,
            int queue,
            Duration farewell) {
        /** Copies the map. */
        public Settings {
            headers = Map.copyOf(headers);
        }

        /** The headers are left out so that they cannot reach a log. */
        @Override
        public String toString() {
            return "Settings[" + endpoint + "]";
        }
    }

    private final SpanQueue queue;
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private Traces(SpanQueue queue, SdkTracerProvider provider) {
        this.queue = queue;
        this.provider = provider;
        this.tracer = provider.get("dev.sluice");
    }

    /** Begins to follow; nothing is sent before something ended. Throws IllegalArgumentException for an address that is none. */
    public static Traces open(Settings settings, InstantSource clock) {
        String base = settings.endpoint().replaceFirst("/+$", "");
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(base.endsWith("/v1/traces") ? base : base + "/v1/traces")
                .setCompression("gzip")
                .setConnectTimeout(SpanQueue.PATIENCE)
                .setTimeout(SpanQueue.PATIENCE)
                .setRetryPolicy(null); // what comes meanwhile is worth as much as what was
        settings.headers().forEach(exporter::addHeader);
        SpanQueue queue = new SpanQueue(exporter.build(), settings.queue(), settings.farewell());
        return new Traces(
                queue,
                SdkTracerProvider.builder()
                        .setClock(new Ticking(clock))
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.sample())))
                        .setSpanLimits(LIMITS)
                        .setResource(Resource.getDefault()
                                .merge(Resource.create(Attributes.builder()
                                        .put("service.name", settings.service())
                                        .put("service.version", settings.version())
                                        .build())))
                        .addSpanProcessor(queue)
                        .build());
    }

    private record Ticking(InstantSource clock) implements Clock {
        @Override
        public long now() {
            Instant now = clock.instant();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }

    @Override
    public Followed begin(Head head) {
        String method = METHODS.contains(head.method()) ? head.method() : "_OTHER";
        SpanBuilder span = tracer.spanBuilder(method)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("http.request.method", method)
                .setAttribute("url.scheme", head.scheme())
                .setAttribute("client.address", head.address());
        if (head.agent() != null) {
            span.setAttribute("user_agent.original", head.agent());
        }
        Context sent = W3CTraceContextPropagator.getInstance().extract(Context.root(), head.traceparent(), ONLY_PARENT);
        SpanContext theirs = Span.fromContext(sent).getSpanContext();
        span.setParent(head.believed() ? sent : Context.root());
        if (theirs.isValid() && !head.believed()) {
            span.addLink(theirs);
        }
        Span request = span.startSpan();
        return new Request(request, method);
    }

    private static final class Request implements Followed {
        private final Span span;
        private final String method;
        private final Place place;

        Request(Span span, String method) {
            this.span = span;
            this.method = method;
            this.place = new Place(span, Context.root().with(span));
        }

        @Override
        public void execute(Runnable work) {
            ScopedValue.where(PLACE, place).run(work);
        }

        @Override
        public String trace() {
            return span.getSpanContext().getTraceId();
        }

        @Override
        public void end(End end) {
            span.updateName(method + " " + end.endpoint());
            span.setAttribute("url.path", end.path());
            span.setAttribute("http.response.status_code", end.status());
            span.setAttribute("sluice.endpoint", end.endpoint());
            span.setAttribute("sluice.request", end.request());
            put("sluice.format", end.format());
            put("sluice.repository", end.repository());
            put("sluice.outcome", end.outcome());
            put("sluice.from", end.from());
            if (end.status() >= 500) {
                span.setAttribute("error.type", Integer.toString(end.status()));
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }

        private void put(String key, String value) {
            if (!value.isEmpty()) {
                span.setAttribute(key, value);
            }
        }
    }

    /** Begins a span below where the calling thread is; null when that is nowhere or in a trace that is not sampled. */
    @Nullable
    Span below(String name, SpanKind kind) {
        Place place = PLACE.isBound() ? PLACE.get() : null;
        return place == null || !place.request().isRecording()
                ? null
                : tracer.spanBuilder(name)
                        .setParent(place.context())
                        .setSpanKind(kind)
                        .startSpan();
    }

    /** Runs work within a span that {@link #below} began; the span goes on. */
    static <T extends @Nullable Object, E extends Exception> T within(Span span, Work<T, E> work) throws E {
        return ScopedValue.where(PLACE, PLACE.get().in(span)).call(work::run);
    }

    /** Notes on the request that the calling thread works for which policies decided. */
    static void decided(List<String> policies) {
        if (PLACE.isBound()) {
            PLACE.get().request().setAttribute(POLICY, policies);
        }
    }

    /** Notes a failure by its kind alone. */
    static void fail(Span span, Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute("error.type", failure.getClass().getName());
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T run(String stage, Work<T, E> work) throws E {
        Span span = below(stage, SpanKind.INTERNAL);
        if (span == null) {
            return work.run();
        }
        try {
            return within(span, work);
        } catch (Throwable failure) {
            fail(span, failure);
            throw failure;
        } finally {
            span.end();
        }
    }

    @Override
    public UpstreamClient upstreams(UpstreamClient client) {
        return new TracedUpstreams(this, client);
    }

    @Override
    public Inspector inspector(Inspector inspector) {
        return new TracedInspector(this, inspector);
    }

    @Override
    public Journal journal(Journal journal) {
        return new TracedJournal(this, journal);
    }

    @Override
    public @Nullable String traceparent() {
        if (!PLACE.isBound()) {
            return null;
        }
        SpanContext here = Span.fromContext(PLACE.get().context()).getSpanContext();
        return "00-" + here.getTraceId() + "-" + here.getSpanId() + "-"
                + here.getTraceFlags().asHex();
    }

    @Override
    public Map<String, Long> fates() {
        return queue.fates();
    }

    @Override
    public void close() {
        provider.shutdown().join(1, TimeUnit.SECONDS); // the queue has waited already
    }
}
