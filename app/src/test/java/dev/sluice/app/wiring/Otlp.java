package dev.sluice.app.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Reads what a collector receives: the few messages of OpenTelemetry's protocol (opentelemetry-proto, trace.proto) that tests look at. */
final class Otlp {

    /**
     * A span.
     *
     * @param parent id of the span it lies in, or empty
     * @param kind 1 internal, 2 server, 3 client
     * @param attributes by key; lists as {@code [a, b]}
     * @param links traces it refers to
     * @param error whether its status is that of an error
     */
    record Span(
            String trace,
            String id,
            String parent,
            String name,
            long kind,
            long start,
            long end,
            Map<String, String> attributes,
            List<String> links,
            boolean error) {}

    private record Field(int number, long value, byte[] bytes) {
        String hex() {
            return HexFormat.of().formatHex(bytes);
        }

        String text() {
            return new String(bytes, UTF_8);
        }
    }

    private Otlp() {}

    /** All spans that a collector was sent. */
    static List<Span> spans(FakeUpstreamServer collector) {
        List<Span> spans = new ArrayList<>();
        for (FakeUpstreamServer.Received request : collector.received()) {
            for (Field resource : fields(unpacked(request), 1)) {
                for (Field scope : fields(resource.bytes(), 2)) {
                    fields(scope.bytes(), 2).forEach(span -> spans.add(span(span.bytes())));
                }
            }
        }
        return spans;
    }

    /** The attributes of the service in everything that a collector was sent. */
    static Map<String, String> service(FakeUpstreamServer collector) {
        Map<String, String> all = new TreeMap<>();
        for (FakeUpstreamServer.Received request : collector.received()) {
            for (Field resource : fields(unpacked(request), 1)) {
                fields(resource.bytes(), 1).forEach(r -> all.putAll(attributes(r.bytes(), 1)));
            }
        }
        return all;
    }

    /** The bytes of a request as text, for what must be nowhere in them. */
    static byte[] unpacked(FakeUpstreamServer.Received request) {
        if (!"gzip".equals(request.headers().get("content-encoding"))) {
            return request.body();
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Span span(byte[] bytes) {
        String trace = "";
        String id = "";
        String parent = "";
        String name = "";
        long kind = 0;
        long start = 0;
        long end = 0;
        boolean error = false;
        List<String> links = new ArrayList<>();
        for (Field field : fields(bytes)) {
            switch (field.number()) {
                case 1 -> trace = field.hex();
                case 2 -> id = field.hex();
                case 4 -> parent = field.hex();
                case 5 -> name = field.text();
                case 6 -> kind = field.value();
                case 7 -> start = field.value();
                case 8 -> end = field.value();
                case 13 -> links.add(fields(field.bytes(), 1).getFirst().hex());
                case 15 -> error = fields(field.bytes(), 3).stream().anyMatch(code -> code.value() == 2);
                default -> {}
            }
        }
        return new Span(trace, id, parent, name, kind, start, end, attributes(bytes, 9), links, error);
    }

    private static Map<String, String> attributes(byte[] bytes, int number) {
        Map<String, String> attributes = new TreeMap<>();
        for (Field pair : fields(bytes, number)) {
            String key = fields(pair.bytes(), 1).getFirst().text();
            attributes.put(key, value(fields(pair.bytes(), 2).getFirst().bytes()));
        }
        return attributes;
    }

    private static String value(byte[] bytes) {
        Field any = fields(bytes).getFirst();
        return switch (any.number()) {
            case 1 -> any.text();
            case 5 ->
                fields(any.bytes(), 1).stream()
                        .map(f -> value(f.bytes()))
                        .toList()
                        .toString();
            default -> Long.toString(any.value());
        };
    }

    private static List<Field> fields(byte[] message, int number) {
        return fields(message).stream().filter(f -> f.number() == number).toList();
    }

    private static List<Field> fields(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag & 7) {
                case 0 -> fields.add(new Field(tag >>> 3, varint(in), new byte[0]));
                case 1 -> fields.add(new Field(tag >>> 3, in.getLong(), new byte[0]));
                case 5 -> fields.add(new Field(tag >>> 3, in.getInt(), new byte[0]));
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    fields.add(new Field(tag >>> 3, 0, bytes));
                }
                default -> throw new AssertionError("no protobuf: tag " + tag);
            }
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
