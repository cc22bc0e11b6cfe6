package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.JsonFault;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Encodings of text and bytes, and digests. */
final class Encodings {
    private static final String TEXT = "(x: string) -> y: string";

    private Encodings() {}

    static void declare(Registry registry) {
        declareJson(registry);
        declareBase64(registry);
        declareQueries(registry);
        registry.add(
                "hex.encode", TEXT, (_, args) -> StringValue.of(HexFormat.of().formatHex(bytes(args, 0))));
        registry.add("hex.decode", TEXT, (_, args) -> StringValue.of(GoBytes.text(unhex(Operands.string(args, 0)))));
        digest(registry, "md5", "MD5", 64);
        digest(registry, "sha1", "SHA-1", 64);
        digest(registry, "sha256", "SHA-256", 64);
        hmac(registry, "sha512", "SHA-512", 128);
        registry.add("crypto.hmac.equal", "(mac1: string, mac2: string) -> result: boolean", (_, args) -> {
            byte[] mac = bytes(args, 0);
            return BooleanValue.of(MessageDigest.isEqual(mac, bytes(args, 1)));
        });
    }

    /** As many bytes as what is read may take for each character, at most. */
    static final int READ = 32;

    private static byte[] bytes(Value[] args, int i) throws BuiltinException {
        return GoBytes.of(Operands.string(args, i));
    }

    private static void declareJson(Registry registry) {
        registry.add("json.marshal", "(x: any) -> y: string", (_, args) -> StringValue.of(GoJson.compact(args[0])));
        registry.add(
                "json.marshal_with_options",
                "(x: any, opts: object<indent: string, prefix: string, pretty: boolean>[string: any]) -> y: string",
                Encodings::marshalWithOptions);
        registry.add("json.unmarshal", "(x: string) -> y: any", (ctx, args) -> {
            String text = Operands.string(args, 0);
            ctx.reserve((long) READ * text.length());
            try {
                return Json.read(text);
            } catch (JsonFault fault) {
                throw BuiltinException.value(String.valueOf(fault.getMessage()));
            }
        });
        registry.add(
                "json.is_valid",
                "(x: string) -> result: boolean",
                (_, args) -> BooleanValue.of(args[0] instanceof StringValue text && GoJson.isValid(text.value())));
    }

    private static Value marshalWithOptions(CallContext ctx, Value[] args) throws BuiltinException {
        String indent = "\t";
        String prefix = "";
        boolean pretty = false;
        boolean chosen = false;
        for (ObjectValue.Entry entry : Operands.object(args, 1).entries()) {
            if (!(entry.key() instanceof StringValue key)) {
                throw BuiltinException.operand(2, "failed to stringify key " + entry.key());
            }
            switch (key.value()) {
                case "prefix" -> {
                    prefix = option(key, entry.value());
                    pretty |= !chosen;
                }
                case "indent" -> {
                    indent = option(key, entry.value());
                    pretty |= !chosen;
                }
                case "pretty" -> {
                    if (entry.value().kind() != Kind.BOOLEAN) {
                        throw BuiltinException.operand(2, "key " + key + " failed cast to bool");
                    }
                    pretty = entry.value() == BooleanValue.TRUE;
                    chosen = true;
                }
                default -> throw BuiltinException.operand(2, "object contained unknown key " + key);
            }
        }
        return StringValue.of(pretty ? prefix + GoJson.indented(args[0], prefix, indent) : GoJson.compact(args[0]));
    }

    private static String option(StringValue key, Value value) throws BuiltinException {
        if (!(value instanceof StringValue text)) {
            throw BuiltinException.operand(
                    2,
                    "key " + key + " failed cast to string: operand 0 must be string but got "
                            + value.kind().word());
        }
        return text.value();
    }

    private static void declareBase64(Registry registry) {
        registry.add(
                "base64.encode",
                TEXT,
                (_, args) -> StringValue.of(Base64.getEncoder().encodeToString(bytes(args, 0))));
        registry.add(
                "base64.decode",
                TEXT,
                (_, args) -> StringValue.of(GoBytes.text(unbase64(Operands.string(args, 0), Base64.getDecoder()))));
        registry.add("base64.is_valid", "(x: string) -> result: boolean", (_, args) -> {
            if (!(args[0] instanceof StringValue text)) {
                return BooleanValue.FALSE;
            }
            try {
                unbase64(text.value(), Base64.getDecoder());
                return BooleanValue.TRUE;
            } catch (BuiltinException invalid) {
                return BooleanValue.FALSE;
            }
        });
        registry.add(
                "base64url.encode",
                TEXT,
                (_, args) -> StringValue.of(Base64.getUrlEncoder().encodeToString(bytes(args, 0))));
        registry.add(
                "base64url.encode_no_pad",
                TEXT,
                (_, args) ->
                        StringValue.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(args, 0))));
        registry.add(
                "base64url.decode",
                TEXT,
                (_, args) -> StringValue.of(GoBytes.text(unbase64url(Operands.string(args, 0)))));
    }

    /** Base64 for addresses, padded or not. */
    static byte[] unbase64url(String text) throws BuiltinException {
        String padded = text;
        if (!text.endsWith("=")) {
            padded += switch (text.length() % 4) {
                case 0 -> "";
                case 2 -> "==";
                case 3 -> "=";
                default -> throw BuiltinException.value("illegal base64url string: " + text);
            };
        }
        return unbase64(padded, Base64.getUrlDecoder());
    }

    /** Padded base64 of the usual alphabet. */
    static byte[] unbase64(String text) throws BuiltinException {
        return unbase64(text, Base64.getDecoder());
    }

    /** Padded base64; line breaks are skipped, as Go does. */
    private static byte[] unbase64(String text, Base64.Decoder decoder) throws BuiltinException {
        String joined = text.indexOf('\n') < 0 && text.indexOf('\r') < 0
                ? text
                : text.replace("\n", "").replace("\r", "");
        if (joined.length() % 4 != 0) {
            throw illegalBase64(joined, decoder);
        }
        try {
            return decoder.decode(joined);
        } catch (IllegalArgumentException invalid) {
            throw illegalBase64(joined, decoder);
        }
    }

    private static BuiltinException illegalBase64(String text, Base64.Decoder decoder) {
        String extra = decoder == Base64.getUrlDecoder() ? "-_" : "+/";
        int at = 0;
        while (at < text.length() && isBase64(text.charAt(at), extra)) {
            at++;
        }
        int position = at < text.length() && text.charAt(at) != '=' ? at : Math.min(at, text.length() / 4 * 4);
        return BuiltinException.value("illegal base64 data at input byte " + position);
    }

    private static boolean isBase64(char c, String extra) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || extra.indexOf(c) >= 0;
    }

    private static byte[] unhex(String text) throws BuiltinException {
        for (int i = 0; i < text.length(); i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                throw BuiltinException.value("encoding/hex: invalid byte: " + unicodeName(text.codePointAt(i)));
            }
        }
        if (text.length() % 2 != 0) {
            throw BuiltinException.value("encoding/hex: odd length hex string");
        }
        return HexFormat.of().parseHex(text);
    }

    private static String unicodeName(int c) {
        String digits = Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT);
        return "U+" + "0".repeat(Math.max(0, 4 - digits.length())) + digits + " '" + Character.toString(c) + "'";
    }

    private static void declareQueries(Registry registry) {
        registry.add(
                "urlquery.encode", TEXT, (_, args) -> StringValue.of(GoUrls.queryEscape(Operands.string(args, 0))));
        registry.add(
                "urlquery.decode", TEXT, (_, args) -> StringValue.of(GoUrls.queryUnescape(Operands.string(args, 0))));
        registry.add(
                "urlquery.encode_object",
                "(object: object[string: any<string, array[string], set[string]>]) -> y: string",
                Encodings::encodeObject);
        registry.add("urlquery.decode_object", "(x: string) -> object: object[string: array[string]]", (_, args) -> {
            ObjectValue.Builder object = ObjectValue.builder();
            for (Map.Entry<String, List<String>> entry :
                    GoUrls.parseQuery(Operands.string(args, 0)).entrySet()) {
                object.put(StringValue.of(entry.getKey()), Texts.array(entry.getValue()));
            }
            return object.build();
        });
    }

    private static Value encodeObject(CallContext ctx, Value[] args) throws BuiltinException {
        Map<String, List<String>> query = new TreeMap<>(StringValue::compare);
        for (ObjectValue.Entry entry : Operands.object(args, 0).entries()) {
            List<String> values = new ArrayList<>();
            switch (entry.value()) {
                case StringValue text -> values.add(text.value());
                case ArrayValue array -> addStrings(array, values);
                case SetValue set -> addStrings(set, values);
                default -> throw notStrings();
            }
            query.put(Json.key(entry.key()), values);
        }
        StringBuilder out = new StringBuilder();
        query.forEach((key, values) -> {
            for (String value : values) {
                out.append(out.isEmpty() ? "" : "&")
                        .append(GoUrls.queryEscape(key))
                        .append('=')
                        .append(GoUrls.queryEscape(value));
            }
        });
        return StringValue.of(out.toString());
    }

    private static void addStrings(Iterable<Value> elements, List<String> strings) throws BuiltinException {
        for (Value element : elements) {
            if (!(element instanceof StringValue text)) {
                throw notStrings();
            }
            strings.add(text.value());
        }
    }

    private static BuiltinException notStrings() {
        return BuiltinException.operand(1, "values must be string, array[string], or set[string]");
    }

    private static void digest(Registry registry, String name, String algorithm, int block) {
        registry.add(
                "crypto." + name,
                TEXT,
                (_, args) -> StringValue.of(
                        HexFormat.of().formatHex(digest(algorithm).digest(bytes(args, 0)))));
        hmac(registry, name, algorithm, block);
    }

    /** HMAC (RFC 2104), which unlike the platform's takes an empty key too. */
    private static void hmac(Registry registry, String name, String algorithm, int block) {
        registry.add("crypto.hmac." + name, "(x: string, key: string) -> y: string", (_, args) -> {
            byte[] message = bytes(args, 0);
            byte[] key = bytes(args, 1);
            byte[] shortKey = key.length > block ? digest(algorithm).digest(key) : key;
            byte[] inner = new byte[block];
            byte[] outer = new byte[block];
            for (int i = 0; i < block; i++) {
                int b = i < shortKey.length ? shortKey[i] : 0;
                inner[i] = (byte) (b ^ 0x36);
                outer[i] = (byte) (b ^ 0x5c);
            }
            MessageDigest first = digest(algorithm);
            first.update(inner);
            MessageDigest second = digest(algorithm);
            second.update(outer);
            return StringValue.of(HexFormat.of().formatHex(second.digest(first.digest(message))));
        });
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
