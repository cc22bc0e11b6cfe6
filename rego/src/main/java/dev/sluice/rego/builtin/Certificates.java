package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/** Certificates and requests for them: {@code crypto.x509.*}. */
final class Certificates {
    private static final String CHAIN = "output: array<boolean, array[object[string: any]]>";
    private static final int MAX_CERTIFICATES = 1000;

    private Certificates() {}

    static void declare(Registry registry) {
        registry.add(
                "crypto.x509.parse_certificates",
                "(certs: string) -> output: array[object[string: any]]",
                (_, args) -> fields(parse(Operands.string(args, 0)), true));
        registry.add(
                "crypto.x509.parse_and_verify_certificates",
                "(certs: string) -> " + CHAIN,
                (ctx, args) -> verified(ctx, Operands.string(args, 0), new CertificateChains(), true));
        registry.add(
                "crypto.x509.parse_and_verify_certificates_with_options",
                "(certs: string, options: object[string: any]) -> " + CHAIN,
                (ctx, args) -> verified(
                        ctx, Operands.string(args, 0), new CertificateChains(Operands.object(args, 1)), false));
        registry.add(
                "crypto.x509.parse_certificate_request",
                "(csr: string) -> output: object[string: any]",
                (_, args) -> request(Operands.string(args, 0)));
        registry.add(
                "crypto.x509.parse_keypair",
                "(cert: string, pem: string) -> output: object[string: any]",
                (_, args) -> pair(Operands.string(args, 0), Operands.string(args, 1)));
    }

    private static BuiltinException malformed() {
        return BuiltinException.value("x509: malformed certificate");
    }

    private static List<Certificate> parse(String text) throws BuiltinException {
        String pem = text;
        if (!text.startsWith("-----BEGIN")) {
            byte[] decoded = Encodings.unbase64(text);
            pem = GoBytes.text(decoded);
            if (!pem.startsWith("-----BEGIN")) {
                return certificates(decoded);
            }
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Pem block = Pem.first(pem); block != null; block = Pem.first(block.rest())) {
            if (!block.type().equals("CERTIFICATE")) {
                throw BuiltinException.value("PEM block type is '" + block.type() + "', expected CERTIFICATE");
            }
            joined.writeBytes(block.bytes());
        }
        return certificates(joined.toByteArray());
    }

    private static List<Certificate> certificates(byte[] encoded) throws BuiltinException {
        List<Certificate> out = new ArrayList<>();
        try (ASN1InputStream in = new ASN1InputStream(encoded)) {
            for (ASN1Primitive next = in.readObject(); next != null; next = in.readObject()) {
                if (out.size() >= MAX_CERTIFICATES) {
                    throw BuiltinException.value("too many certificates");
                }
                out.add(Certificate.getInstance(next));
            }
            return out;
        } catch (IOException | RuntimeException wrong) {
            throw malformed();
        }
    }

    private static ArrayValue fields(List<Certificate> certificates, boolean uriStrings) throws BuiltinException {
        List<Value> out = new ArrayList<>();
        for (Certificate certificate : certificates) {
            try {
                out.add(CertificateFields.of(certificate, uriStrings));
            } catch (IOException | RuntimeException wrong) {
                throw malformed();
            }
        }
        return ArrayValue.of(out);
    }

    private static Value verified(CallContext ctx, String text, CertificateChains chains, boolean uriStrings) {
        try {
            List<Certificate> chain = chains.verify(ctx, parse(text));
            if (chain != null) {
                return ArrayValue.of(BooleanValue.TRUE, fields(chain, uriStrings));
            }
        } catch (BuiltinException wrong) {
            // What cannot be read cannot be trusted either.
        }
        return ArrayValue.of(BooleanValue.FALSE, ArrayValue.EMPTY);
    }

    private static Value request(String text) throws BuiltinException {
        String begin = "-----BEGIN CERTIFICATE REQUEST-----";
        byte[] bytes = text.startsWith(begin) ? GoBytes.of(text) : Encodings.unbase64(text);
        Pem block = Pem.first(GoBytes.text(bytes));
        if (block != null && !block.type().equals("CERTIFICATE REQUEST")) {
            throw BuiltinException.value("invalid PEM-encoded certificate signing request");
        }
        try {
            return request(CertificationRequest.getInstance(block == null ? bytes : block.bytes()));
        } catch (IOException | RuntimeException wrong) {
            throw BuiltinException.value("asn1: structure error: not a certificate request");
        }
    }

    private static Value request(CertificationRequest request) throws IOException {
        CertificationRequestInfo info = request.getCertificationRequestInfo();
        ObjectValue.Builder out = ObjectValue.builder();
        out.put("Raw", CertificateFields.der(request)).put("RawTBSCertificateRequest", CertificateFields.der(info));
        CertificateFields.key(info.getSubjectPublicKeyInfo(), out);
        out.put("RawSubject", CertificateFields.der(info.getSubject()))
                .put("Version", CertificateFields.number(info.getVersion().longValueExact()));
        CertificateFields.signature(
                request.getSignatureAlgorithm(), request.getSignature().getOctets(), out);
        out.put("Subject", CertificateFields.name(info.getSubject())).put("Attributes", NullValue.NULL);
        Extensions extensions = extensions(info);
        out.put("Extensions", CertificateFields.extensions(extensions)).put("ExtraExtensions", NullValue.NULL);
        CertificateExtensions.names(
                extensions == null ? null : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName),
                false,
                out);
        return out.build();
    }

    private static @Nullable Extensions extensions(CertificationRequestInfo info) {
        if (info.getAttributes() != null) {
            for (ASN1Encodable one : info.getAttributes()) {
                Attribute attribute = Attribute.getInstance(one);
                if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
                    return Extensions.getInstance(attribute.getAttrValues().getObjectAt(0));
                }
            }
        }
        return null;
    }

    /** A certificate, perhaps with those above it, and the private key of the first. */
    private static Value pair(String certificateText, String keyText) throws BuiltinException {
        List<Certificate> chain = parse(certificateText);
        if (chain.isEmpty()) {
            throw BuiltinException.value("tls: failed to find any PEM data in certificate input");
        }
        PrivateKey key = key(keyText);
        List<Value> encoded = new ArrayList<>();
        try {
            for (Certificate one : chain) {
                encoded.add(CertificateFields.base64(one.getEncoded()));
            }
        } catch (IOException wrong) {
            throw malformed();
        }
        return ObjectValue.builder()
                .put("Certificate", ArrayValue.of(encoded))
                .put("PrivateKey", PrivateKeys.fields(key))
                .put("SupportedSignatureAlgorithms", NullValue.NULL)
                .put("OCSPStaple", NullValue.NULL)
                .put("SignedCertificateTimestamps", NullValue.NULL)
                .put("Leaf", fields(chain.subList(0, 1), false).get(0))
                .build();
    }

    private static PrivateKey key(String text) throws BuiltinException {
        String pem = text;
        if (!text.startsWith(Pem.BEGIN)) {
            byte[] decoded = Encodings.unbase64(text);
            pem = GoBytes.text(decoded);
            if (!pem.startsWith(Pem.BEGIN)) {
                try {
                    return PrivateKeys.key(PrivateKeyInfo.getInstance(decoded));
                } catch (GeneralSecurityException | IOException | RuntimeException wrong) {
                    throw BuiltinException.value("tls: failed to parse private key");
                }
            }
        }
        List<PrivateKey> keys = PrivateKeys.all(pem);
        if (keys.isEmpty()) {
            throw BuiltinException.value("tls: failed to find any PEM data in key input");
        }
        return keys.getFirst();
    }
}
