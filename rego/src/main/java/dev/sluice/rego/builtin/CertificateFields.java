package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;

/** A certificate or request as Go's {@code crypto/x509} writes it into JSON, which is what policies for OPA expect. */
final class CertificateFields {
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";
    private static final String ED25519 = "1.3.101.112";

    private CertificateFields() {}

    /**
     * The fields of one certificate.
     *
     * @param uriStrings whether the addresses in it are given as texts too, as OPA does where it lists certificates
     */
    static ObjectValue of(Certificate certificate, boolean uriStrings) throws IOException {
        TBSCertificate signed = certificate.getTBSCertificate();
        ObjectValue.Builder out = ObjectValue.builder();
        out.put("Raw", der(certificate)).put("RawTBSCertificate", der(signed));
        key(signed.getSubjectPublicKeyInfo(), out);
        out.put("RawSubject", der(signed.getSubject())).put("RawIssuer", der(signed.getIssuer()));
        signature(
                certificate.getSignatureAlgorithm(), certificate.getSignature().getOctets(), out);
        out.put("Version", number(signed.getVersionNumber()))
                .put("SerialNumber", NumberValue.of(signed.getSerialNumber().getValue()))
                .put("Issuer", name(signed.getIssuer()))
                .put("Subject", name(signed.getSubject()))
                .put("NotBefore", time(signed.getStartDate().getDate()))
                .put("NotAfter", time(signed.getEndDate().getDate()));
        Extensions given = signed.getExtensions();
        Extensions extensions = given == null ? Extensions.getInstance(new DERSequence()) : given;
        out.put("Extensions", extensions(extensions)).put("ExtraExtensions", NullValue.NULL);
        CertificateExtensions.put(extensions, uriStrings, out);
        return out.build();
    }

    /** What certificates and requests tell of their key. */
    static void key(SubjectPublicKeyInfo info, ObjectValue.Builder out) throws IOException {
        String algorithm = info.getAlgorithm().getAlgorithm().getId();
        byte[] bits = info.getPublicKeyData().getOctets();
        int number = 0;
        Value key = NullValue.NULL;
        switch (algorithm) {
            case RSA -> {
                number = 1;
                RSAPublicKey rsa = RSAPublicKey.getInstance(bits);
                key = ObjectValue.builder()
                        .put("N", NumberValue.of(rsa.getModulus()))
                        .put("E", NumberValue.of(rsa.getPublicExponent()))
                        .build();
            }
            case EC -> {
                number = 3;
                int half = (bits.length - 1) / 2;
                key = ObjectValue.builder()
                        .put("Curve", ObjectValue.EMPTY)
                        .put("X", unsigned(bits, 1, half))
                        .put("Y", unsigned(bits, 1 + half, half))
                        .build();
            }
            case ED25519 -> {
                number = 4;
                key = base64(bits);
            }
            default -> {}
        }
        out.put("RawSubjectPublicKeyInfo", der(info))
                .put("PublicKeyAlgorithm", number(number))
                .put("PublicKey", key);
    }

    private static NumberValue unsigned(byte[] bits, int from, int length) {
        return NumberValue.of(new java.math.BigInteger(1, bits, from, length));
    }

    static void signature(AlgorithmIdentifier algorithm, byte[] signature, ObjectValue.Builder out) {
        out.put("Signature", base64(signature)).put("SignatureAlgorithm", number(signatureNumber(algorithm)));
    }

    /** Go's number of a signature algorithm. */
    private static int signatureNumber(AlgorithmIdentifier algorithm) {
        return switch (algorithm.getAlgorithm().getId()) {
            case "1.2.840.113549.1.1.2" -> 1;
            case "1.2.840.113549.1.1.4" -> 2;
            case "1.2.840.113549.1.1.5", "1.3.14.3.2.29" -> 3;
            case "1.2.840.113549.1.1.11" -> 4;
            case "1.2.840.113549.1.1.12" -> 5;
            case "1.2.840.113549.1.1.13" -> 6;
            case "1.2.840.10040.4.3" -> 7;
            case "2.16.840.1.101.3.4.3.2" -> 8;
            case "1.2.840.10045.4.1" -> 9;
            case "1.2.840.10045.4.3.2" -> 10;
            case "1.2.840.10045.4.3.3" -> 11;
            case "1.2.840.10045.4.3.4" -> 12;
            case "1.2.840.113549.1.1.10" -> pss(algorithm);
            case ED25519 -> 16;
            default -> 0;
        };
    }

    private static int pss(AlgorithmIdentifier algorithm) {
        var parameters = org.bouncycastle.asn1.pkcs.RSASSAPSSparams.getInstance(algorithm.getParameters());
        return switch (parameters.getHashAlgorithm().getAlgorithm().getId()) {
            case "2.16.840.1.101.3.4.2.1" -> 13;
            case "2.16.840.1.101.3.4.2.2" -> 14;
            case "2.16.840.1.101.3.4.2.3" -> 15;
            default -> 0;
        };
    }

    /** A distinguished name, by Go's {@code pkix.Name}. */
    static ObjectValue name(X500Name name) {
        List<Value> all = new ArrayList<>();
        List<List<Value>> lists = new ArrayList<>();
        String[] fields = {"2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.7", "2.5.4.8", "2.5.4.9", "2.5.4.17"};
        for (int i = 0; i < fields.length; i++) {
            lists.add(new ArrayList<>());
        }
        String commonName = "";
        String serial = "";
        for (RDN rdn : name.getRDNs()) {
            for (AttributeTypeAndValue part : rdn.getTypesAndValues()) {
                String id = part.getType().getId();
                String text = IETFUtils.valueToString(part.getValue());
                String plain =
                        part.getValue() instanceof org.bouncycastle.asn1.ASN1String string ? string.getString() : text;
                all.add(ObjectValue.builder()
                        .put("Type", identifier(part.getType()))
                        .put("Value", StringValue.of(plain))
                        .build());
                if (id.equals("2.5.4.3")) {
                    commonName = plain;
                } else if (id.equals("2.5.4.5")) {
                    serial = plain;
                } else if (List.of(fields).contains(id)) {
                    lists.get(List.of(fields).indexOf(id)).add(StringValue.of(plain));
                }
            }
        }
        return ObjectValue.builder()
                .put("Country", list(lists.get(0)))
                .put("Organization", list(lists.get(1)))
                .put("OrganizationalUnit", list(lists.get(2)))
                .put("Locality", list(lists.get(3)))
                .put("Province", list(lists.get(4)))
                .put("StreetAddress", list(lists.get(5)))
                .put("PostalCode", list(lists.get(6)))
                .put("SerialNumber", StringValue.of(serial))
                .put("CommonName", StringValue.of(commonName))
                .put("Names", list(all))
                .put("ExtraNames", NullValue.NULL)
                .build();
    }

    static Value extensions(@org.jspecify.annotations.Nullable Extensions extensions) throws IOException {
        List<Value> out = new ArrayList<>();
        if (extensions != null) {
            for (ASN1ObjectIdentifier id : extensions.getExtensionOIDs()) {
                Extension extension = extensions.getExtension(id);
                out.add(ObjectValue.builder()
                        .put("Id", identifier(id))
                        .put("Critical", BooleanValue.of(extension.isCritical()))
                        .put("Value", base64(extension.getExtnValue().getOctets()))
                        .build());
            }
        }
        return list(out);
    }

    static Value identifier(ASN1ObjectIdentifier id) {
        List<Value> parts = new ArrayList<>();
        for (String part : id.getId().split("\\.")) {
            parts.add(NumberValue.parse(part));
        }
        return ArrayValue.of(parts);
    }

    /** A list, which Go writes as null when it is empty. */
    static Value list(List<? extends Value> values) {
        return values.isEmpty() ? NullValue.NULL : ArrayValue.of(values);
    }

    static NumberValue number(long number) {
        return NumberValue.of(number);
    }

    static StringValue base64(byte[] bytes) {
        return StringValue.of(Base64.getEncoder().encodeToString(bytes));
    }

    static StringValue der(ASN1Encodable part) throws IOException {
        ASN1Primitive primitive = part.toASN1Primitive();
        return base64(primitive.getEncoded(ASN1Encoding.DER));
    }

    @SuppressWarnings("JavaUtilDate")
    private static StringValue time(java.util.Date date) {
        return StringValue.of(date.toInstant().toString());
    }
}
