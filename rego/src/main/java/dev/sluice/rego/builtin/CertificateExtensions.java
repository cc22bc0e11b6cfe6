package dev.sluice.rego.builtin;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.jspecify.annotations.Nullable;

/** The extensions of a certificate, by the fields of Go's {@code x509.Certificate}. */
final class CertificateExtensions {
    /** Go's numbers of the purposes of a key. */
    static final Map<String, Integer> PURPOSES = Map.ofEntries(
            Map.entry("2.5.29.37.0", 0),
            Map.entry("1.3.6.1.5.5.7.3.1", 1),
            Map.entry("1.3.6.1.5.5.7.3.2", 2),
            Map.entry("1.3.6.1.5.5.7.3.3", 3),
            Map.entry("1.3.6.1.5.5.7.3.4", 4),
            Map.entry("1.3.6.1.5.5.7.3.5", 5),
            Map.entry("1.3.6.1.5.5.7.3.6", 6),
            Map.entry("1.3.6.1.5.5.7.3.7", 7),
            Map.entry("1.3.6.1.5.5.7.3.8", 8),
            Map.entry("1.3.6.1.5.5.7.3.9", 9),
            Map.entry("1.3.6.1.4.1.311.10.3.3", 10),
            Map.entry("2.16.840.1.113730.4.1", 11),
            Map.entry("1.3.6.1.4.1.311.2.1.22", 12),
            Map.entry("1.3.6.1.4.1.311.61.1.1", 13));

    private static final Set<ASN1ObjectIdentifier> HANDLED = Set.of(
            Extension.keyUsage,
            Extension.basicConstraints,
            Extension.subjectAlternativeName,
            Extension.nameConstraints,
            Extension.cRLDistributionPoints,
            Extension.authorityKeyIdentifier,
            Extension.extendedKeyUsage,
            Extension.subjectKeyIdentifier,
            Extension.certificatePolicies,
            Extension.policyConstraints,
            Extension.policyMappings,
            Extension.inhibitAnyPolicy);

    private CertificateExtensions() {}

    static void put(Extensions extensions, boolean uriStrings, ObjectValue.Builder out) {
        usages(extensions, out);
        basicConstraints(BasicConstraints.fromExtensions(extensions), out);
        SubjectKeyIdentifier subject = SubjectKeyIdentifier.fromExtensions(extensions);
        out.put("SubjectKeyId", bytes(subject == null ? null : subject.getKeyIdentifier()));
        AuthorityKeyIdentifier authority = AuthorityKeyIdentifier.fromExtensions(extensions);
        out.put("AuthorityKeyId", bytes(authority == null ? null : authority.getKeyIdentifierOctets()));
        access(AuthorityInformationAccess.fromExtensions(extensions), out);
        names(GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName), uriStrings, out);
        constraints(extensions, out);
        distribution(extensions, out);
        policies(CertificatePolicies.fromExtensions(extensions), out);
        List<Value> unhandled = new ArrayList<>();
        for (ASN1ObjectIdentifier id : extensions.getExtensionOIDs()) {
            if (extensions.getExtension(id).isCritical() && !HANDLED.contains(id)) {
                unhandled.add(CertificateFields.identifier(id));
            }
        }
        out.put("UnhandledCriticalExtensions", CertificateFields.list(unhandled));
    }

    private static void usages(Extensions extensions, ObjectValue.Builder out) {
        int usage = 0;
        KeyUsage bits = KeyUsage.fromExtensions(extensions);
        if (bits != null) {
            // X.509 counts from the left: digital signature is the first bit and Go's 1.
            int[] inOrder = {
                KeyUsage.digitalSignature, KeyUsage.nonRepudiation, KeyUsage.keyEncipherment,
                KeyUsage.dataEncipherment, KeyUsage.keyAgreement, KeyUsage.keyCertSign,
                KeyUsage.cRLSign, KeyUsage.encipherOnly, KeyUsage.decipherOnly
            };
            for (int i = 0; i < inOrder.length; i++) {
                usage |= bits.hasUsages(inOrder[i]) ? 1 << i : 0;
            }
        }
        List<Value> known = new ArrayList<>();
        List<Value> unknown = new ArrayList<>();
        ExtendedKeyUsage extended = ExtendedKeyUsage.fromExtensions(extensions);
        if (extended != null) {
            for (KeyPurposeId purpose : extended.getUsages()) {
                Integer number = PURPOSES.get(purpose.getId());
                if (number != null) {
                    known.add(CertificateFields.number(number));
                } else {
                    unknown.add(CertificateFields.identifier(purpose.toOID()));
                }
            }
        }
        out.put("KeyUsage", CertificateFields.number(usage))
                .put("ExtKeyUsage", CertificateFields.list(known))
                .put("UnknownExtKeyUsage", CertificateFields.list(unknown));
    }

    private static void basicConstraints(@Nullable BasicConstraints constraints, ObjectValue.Builder out) {
        boolean authority = constraints != null && constraints.isCA();
        long length = constraints == null ? 0 : -1;
        if (constraints != null && constraints.getPathLenConstraint() != null) {
            length = constraints.getPathLenConstraint().longValue();
        }
        out.put("BasicConstraintsValid", BooleanValue.of(constraints != null))
                .put("IsCA", BooleanValue.of(authority))
                .put("MaxPathLen", CertificateFields.number(length))
                .put("MaxPathLenZero", BooleanValue.of(constraints != null && length == 0));
    }

    private static Value bytes(byte @Nullable [] bytes) {
        return bytes == null ? NullValue.NULL : CertificateFields.base64(bytes);
    }

    private static void access(@Nullable AuthorityInformationAccess access, ObjectValue.Builder out) {
        List<Value> responders = new ArrayList<>();
        List<Value> issuers = new ArrayList<>();
        if (access != null) {
            for (AccessDescription description : access.getAccessDescriptions()) {
                if (description.getAccessLocation().getTagNo() == GeneralName.uniformResourceIdentifier) {
                    boolean responder = description.getAccessMethod().equals(AccessDescription.id_ad_ocsp);
                    (responder ? responders : issuers).add(text(description.getAccessLocation()));
                }
            }
        }
        out.put("OCSPServer", CertificateFields.list(responders))
                .put("IssuingCertificateURL", CertificateFields.list(issuers));
    }

    private static StringValue text(GeneralName name) {
        return StringValue.of(name.getName().toString());
    }

    /** The alternative names of a subject, for certificates and requests. */
    static void names(@Nullable GeneralNames names, boolean uriStrings, ObjectValue.Builder out) {
        List<Value> dns = new ArrayList<>();
        List<Value> mail = new ArrayList<>();
        List<Value> addresses = new ArrayList<>();
        List<Value> uris = new ArrayList<>();
        List<Value> uriTexts = new ArrayList<>();
        if (names != null) {
            for (GeneralName name : names.getNames()) {
                switch (name.getTagNo()) {
                    case GeneralName.dNSName -> dns.add(text(name));
                    case GeneralName.rfc822Name -> mail.add(text(name));
                    case GeneralName.uniformResourceIdentifier -> {
                        uris.add(uri(text(name).value()));
                        uriTexts.add(text(name));
                    }
                    case GeneralName.iPAddress -> addresses.add(address(name));
                    default -> {}
                }
            }
        }
        out.put("DNSNames", CertificateFields.list(dns))
                .put("EmailAddresses", CertificateFields.list(mail))
                .put("IPAddresses", CertificateFields.list(addresses))
                .put("URIs", CertificateFields.list(uris));
        if (uriStrings) {
            out.put("URIStrings", CertificateFields.list(uriTexts));
        }
    }

    private static Value address(GeneralName name) {
        byte[] octets = ASN1OctetString.getInstance(name.getName()).getOctets();
        return StringValue.of(Address.of(octets).toString());
    }

    /** Go's {@code url.URL}. */
    private static Value uri(String text) {
        String scheme = "";
        String host = "";
        String path = "";
        String query = "";
        String fragment = "";
        String opaque = "";
        try {
            URI uri = new URI(text);
            scheme = orEmpty(uri.getScheme());
            host = orEmpty(uri.getRawAuthority());
            path = orEmpty(uri.getPath());
            query = orEmpty(uri.getRawQuery());
            fragment = orEmpty(uri.getFragment());
            opaque = uri.isOpaque() ? orEmpty(uri.getRawSchemeSpecificPart()) : "";
        } catch (URISyntaxException malformed) {
            path = text;
        }
        return ObjectValue.builder()
                .put("Scheme", StringValue.of(scheme))
                .put("Opaque", StringValue.of(opaque))
                .put("User", NullValue.NULL)
                .put("Host", StringValue.of(host))
                .put("Path", StringValue.of(path))
                .put("RawPath", StringValue.EMPTY)
                .put("OmitHost", BooleanValue.FALSE)
                .put("ForceQuery", BooleanValue.FALSE)
                .put("RawQuery", StringValue.of(query))
                .put("Fragment", StringValue.of(fragment))
                .put("RawFragment", StringValue.EMPTY)
                .build();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static void constraints(Extensions extensions, ObjectValue.Builder out) {
        Extension extension = extensions.getExtension(Extension.nameConstraints);
        NameConstraints constraints =
                extension == null ? null : NameConstraints.getInstance(extension.getParsedValue());
        out.put("PermittedDNSDomainsCritical", BooleanValue.of(extension != null && extension.isCritical()));
        subtrees("Permitted", constraints == null ? null : constraints.getPermittedSubtrees(), out);
        subtrees("Excluded", constraints == null ? null : constraints.getExcludedSubtrees(), out);
    }

    private static void subtrees(String prefix, GeneralSubtree @Nullable [] trees, ObjectValue.Builder out) {
        List<Value> dns = new ArrayList<>();
        List<Value> mail = new ArrayList<>();
        List<Value> uris = new ArrayList<>();
        List<Value> ranges = new ArrayList<>();
        for (GeneralSubtree tree : trees == null ? new GeneralSubtree[0] : trees) {
            GeneralName name = tree.getBase();
            switch (name.getTagNo()) {
                case GeneralName.dNSName -> dns.add(text(name));
                case GeneralName.rfc822Name -> mail.add(text(name));
                case GeneralName.uniformResourceIdentifier -> uris.add(text(name));
                case GeneralName.iPAddress ->
                    ranges.add(range(ASN1OctetString.getInstance(name.getName()).getOctets()));
                default -> {}
            }
        }
        out.put(prefix + "DNSDomains", CertificateFields.list(dns))
                .put(prefix + "EmailAddresses", CertificateFields.list(mail))
                .put(prefix + "URIDomains", CertificateFields.list(uris))
                .put(prefix + "IPRanges", CertificateFields.list(ranges));
    }

    private static Value range(byte[] octets) {
        int half = octets.length / 2;
        byte[] mask = java.util.Arrays.copyOfRange(octets, half, octets.length);
        return ObjectValue.builder()
                .put(
                        "IP",
                        StringValue.of(Address.of(java.util.Arrays.copyOf(octets, half))
                                .toString()))
                .put("Mask", CertificateFields.base64(mask))
                .build();
    }

    private static void distribution(Extensions extensions, ObjectValue.Builder out) {
        List<Value> points = new ArrayList<>();
        Extension extension = extensions.getExtension(Extension.cRLDistributionPoints);
        if (extension != null) {
            CRLDistPoint all = CRLDistPoint.getInstance(extension.getParsedValue());
            for (DistributionPoint point : all.getDistributionPoints()) {
                DistributionPointName name = point.getDistributionPoint();
                if (name != null && name.getType() == DistributionPointName.FULL_NAME) {
                    for (GeneralName full :
                            GeneralNames.getInstance(name.getName()).getNames()) {
                        if (full.getTagNo() == GeneralName.uniformResourceIdentifier) {
                            points.add(text(full));
                        }
                    }
                }
            }
        }
        out.put("CRLDistributionPoints", CertificateFields.list(points));
    }

    private static void policies(@Nullable CertificatePolicies policies, ObjectValue.Builder out) {
        List<Value> identifiers = new ArrayList<>();
        List<Value> names = new ArrayList<>();
        if (policies != null) {
            for (PolicyInformation policy : policies.getPolicyInformation()) {
                identifiers.add(CertificateFields.identifier(policy.getPolicyIdentifier()));
                names.add(StringValue.of(policy.getPolicyIdentifier().getId()));
            }
        }
        out.put("PolicyIdentifiers", CertificateFields.list(identifiers))
                .put("Policies", CertificateFields.list(names))
                .put("InhibitAnyPolicy", CertificateFields.number(0))
                .put("InhibitAnyPolicyZero", BooleanValue.FALSE)
                .put("InhibitPolicyMapping", CertificateFields.number(0))
                .put("InhibitPolicyMappingZero", BooleanValue.FALSE)
                .put("RequireExplicitPolicy", CertificateFields.number(0))
                .put("RequireExplicitPolicyZero", BooleanValue.FALSE)
                .put("PolicyMappings", NullValue.NULL);
    }
}
