package dev.sluice.rego.builtin;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Requests signed for AWS (Signature Version 4): {@code providers.aws.sign_req}. */
final class AwsRequests {
    private static final Set<String> UNSIGNED = Set.of("authorization", "user-agent", "x-amzn-trace-id");
    private static final List<String> REQUIRED =
            List.of("aws_service", "aws_access_key", "aws_secret_access_key", "aws_region");
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private AwsRequests() {}

    static void declare(Registry registry) {
        registry.add(
                "providers.aws.sign_req",
                "(request: object[string: any], aws_config: object[string: any], time_ns: number)"
                        + " -> signed_request: object[any: any]",
                (_, args) -> sign(Operands.object(args, 0), Operands.object(args, 1), args));
    }

    private static Value sign(ObjectValue request, ObjectValue config, Value[] args) throws BuiltinException {
        requireConfig(config);
        NumberValue time = Operands.number(args, 2);
        if (!time.isLong() || time.text().indexOf('e') >= 0 || time.text().indexOf('E') >= 0) {
            throw BuiltinException.operand(3, "could not convert time_ns value into a unix timestamp");
        }
        Hosted.checkRequest(request, 1);
        ObjectValue headers = ObjectValue.EMPTY;
        if (request.get("headers") != null) {
            if (!(request.get("headers") instanceof ObjectValue given)) {
                throw BuiltinException.wrongType(0, request.get("headers"), "object");
            }
            headers = given;
        }
        SetValue.Builder invalid = SetValue.builder();
        for (String name : List.of("method", "url")) {
            if (!(request.get(name) instanceof StringValue)) {
                invalid.add(StringValue.of(name));
            }
        }
        if (invalid.size() > 0) {
            throw BuiltinException.operand(1, "invalid values for required request parameters(s): " + invalid.build());
        }
        boolean unsigned = false;
        if (config.get("disable_payload_signing") != null) {
            if (!(config.get("disable_payload_signing") instanceof BooleanValue flag)) {
                throw BuiltinException.operand(2, "invalid value for 'disable_payload_signing' in AWS config");
            }
            unsigned = flag.value();
        }
        String hash = unsigned ? "UNSIGNED-PAYLOAD" : sha256(body(request));
        Instant at = Instant.ofEpochSecond(0, time.longValue());
        Map<String, String> own = ownHeaders(request, config, SECOND.format(at), hash);
        ObjectValue.Builder out = ObjectValue.builder();
        for (ObjectValue.Entry entry : headers.entries()) {
            out.put(StringValue.of(string(entry.key())), StringValue.of(string(entry.value())));
        }
        out.put("Authorization", StringValue.of(authorization(request, config, headers, own, hash, at)));
        own.forEach((name, value) -> out.put(name, StringValue.of(value)));
        ObjectValue.Builder signed = ObjectValue.builder();
        signed.putAll(request);
        signed.put("headers", out.build());
        return signed.build();
    }

    private static void requireConfig(ObjectValue config) throws BuiltinException {
        SetValue.Builder missing = SetValue.builder();
        SetValue.Builder invalid = SetValue.builder();
        for (String name : REQUIRED) {
            if (config.get(name) == null) {
                missing.add(StringValue.of(name));
            } else if (!(config.get(name) instanceof StringValue)) {
                invalid.add(StringValue.of(name));
            }
        }
        if (missing.size() > 0) {
            throw BuiltinException.operand(2, "missing required AWS config parameters(s): " + missing.build());
        }
        if (invalid.size() > 0) {
            throw BuiltinException.operand(
                    2, "invalid values for required AWS config parameters(s): " + invalid.build());
        }
    }

    private static String string(@org.jspecify.annotations.Nullable Value value) {
        return value instanceof StringValue text ? text.value() : "";
    }

    private static byte[] body(ObjectValue request) {
        if (request.get("raw_body") != null) {
            return GoBytes.of(string(request.get("raw_body")));
        }
        Value body = request.get("body");
        return body == null ? new byte[0] : GoBytes.of(GoJson.compact(body));
    }

    private static Map<String, String> ownHeaders(ObjectValue request, ObjectValue config, String now, String hash)
            throws BuiltinException {
        Map<String, String> own = new TreeMap<>();
        own.put("host", Uris.parse(string(request.get("url"))).host());
        own.put("x-amz-date", now);
        String service = string(config.get("aws_service"));
        if (service.equals("s3") || service.equals("glacier")) {
            own.put("x-amz-content-sha256", hash);
        }
        if (!string(config.get("aws_session_token")).isEmpty()) {
            own.put("x-amz-security-token", string(config.get("aws_session_token")));
        }
        return own;
    }

    private static String authorization(
            ObjectValue request,
            ObjectValue config,
            ObjectValue headers,
            Map<String, String> own,
            String hash,
            Instant at)
            throws BuiltinException {
        Map<String, String> signed = new TreeMap<>(own);
        for (ObjectValue.Entry entry : headers.entries()) {
            String name = string(entry.key()).toLowerCase(Locale.ROOT);
            if (!UNSIGNED.contains(name)) {
                signed.put(name, string(entry.value()));
            }
        }
        Uris url = Uris.parse(string(request.get("url")));
        StringBuilder canonical = new StringBuilder();
        canonical.append(string(request.get("method"))).append('\n');
        canonical.append(url.escapedPath()).append('\n').append(url.rawQuery()).append('\n');
        signed.forEach((name, value) ->
                canonical.append(name).append(':').append(value).append('\n'));
        String names = String.join(";", signed.keySet());
        canonical.append('\n').append(names).append('\n').append(hash);
        String scope = DAY.format(at) + "/" + string(config.get("aws_region")) + "/" + string(config.get("aws_service"))
                + "/aws4_request";
        String text = "AWS4-HMAC-SHA256\n" + SECOND.format(at) + "\n" + scope + "\n"
                + sha256(GoBytes.of(canonical.toString()));
        byte[] key = GoBytes.of("AWS4" + string(config.get("aws_secret_access_key")));
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return "AWS4-HMAC-SHA256 Credential=" + string(config.get("aws_access_key")) + "/" + scope
                + ",SignedHeaders=" + names + ",Signature="
                + HexFormat.of().formatHex(hmac(key, text));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
