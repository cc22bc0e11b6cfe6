package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.x509.Certificate;
import org.jspecify.annotations.Nullable;

/** Whether certificates lead from a root, the first, to a leaf, the last. */
final class CertificateChains {
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final Map<String, String> USAGES = Map.ofEntries(
            Map.entry("KeyUsageAny", ANY_PURPOSE),
            Map.entry("KeyUsageServerAuth", "1.3.6.1.5.5.7.3.1"),
            Map.entry("KeyUsageClientAuth", "1.3.6.1.5.5.7.3.2"),
            Map.entry("KeyUsageCodeSigning", "1.3.6.1.5.5.7.3.3"),
            Map.entry("KeyUsageEmailProtection", "1.3.6.1.5.5.7.3.4"),
            Map.entry("KeyUsageIPSECEndSystem", "1.3.6.1.5.5.7.3.5"),
            Map.entry("KeyUsageIPSECTunnel", "1.3.6.1.5.5.7.3.6"),
            Map.entry("KeyUsageIPSECUser", "1.3.6.1.5.5.7.3.7"),
            Map.entry("KeyUsageTimeStamping", "1.3.6.1.5.5.7.3.8"),
            Map.entry("KeyUsageOCSPSigning", "1.3.6.1.5.5.7.3.9"),
            Map.entry("KeyUsageMicrosoftServerGatedCrypto", "1.3.6.1.4.1.311.10.3.3"),
            Map.entry("KeyUsageNetscapeServerGatedCrypto", "2.16.840.1.113730.4.1"),
            Map.entry("KeyUsageMicrosoftCommercialCodeSigning", "1.3.6.1.4.1.311.2.1.22"),
            Map.entry("KeyUsageMicrosoftKernelCodeSigning", "1.3.6.1.4.1.311.61.1.1"));

    private String host = "";
    private @Nullable Instant time;
    private final Set<String> usages = new LinkedHashSet<>();

    CertificateChains() {}

    CertificateChains(ObjectValue options) throws BuiltinException {
        for (ObjectValue.Entry option : options.entries()) {
            if (!(option.key() instanceof StringValue name)) {
                continue;
            }
            switch (name.value()) {
                case "DNSName" -> {
                    if (!(option.value() instanceof StringValue text)) {
                        throw BuiltinException.value("'DNSName' should be a string");
                    }
                    host = text.value();
                }
                case "CurrentTime" -> time = nanos(option.value());
                case "MaxConstraintComparisons" -> {
                    if (!(option.value() instanceof NumberValue)) {
                        throw BuiltinException.value("'MaxConstraintComparisons' should be a number");
                    }
                }
                case "KeyUsages" -> usages(option.value());
                default -> throw BuiltinException.value("invalid key option");
            }
        }
    }

    private static Instant nanos(Value value) throws BuiltinException {
        if (!(value instanceof NumberValue number)) {
            throw BuiltinException.value("'CurrentTime' should be a number");
        }
        if (!number.isLong()) {
            throw BuiltinException.value("'CurrentTime' should be a valid int64 number");
        }
        return instant(number.longValue());
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    private void usages(Value value) throws BuiltinException {
        Iterable<Value> names = switch (value) {
            case ArrayValue array -> array;
            case SetValue set -> set;
            default -> throw BuiltinException.value("'KeyUsages' should be an Array or Set");
        };
        List<String> unknown = new ArrayList<>();
        for (Value one : names) {
            if (one instanceof StringValue text) {
                String purpose = USAGES.get(text.value());
                if (purpose == null) {
                    unknown.add(text.value());
                } else {
                    usages.add(purpose);
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw BuiltinException.value("invalid entries for 'KeyUsages' found: [" + String.join(" ", unknown) + "]");
        }
    }

    /** The chain, leaf first and root last; null where there is none that holds. */
    @SuppressWarnings("JavaUtilDate")
    @Nullable
    List<Certificate> verify(CallContext ctx, List<Certificate> given) {
        if (given.size() < 2) {
            return null;
        }
        try {
            List<X509Certificate> all = new ArrayList<>();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate one : given) {
                all.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(one.getEncoded())));
            }
            Instant at = time;
            if (at == null) {
                at = instant(ctx.nowNanos());
                noteChanges(ctx, all);
            }
            List<X509Certificate> chain = build(all, at);
            List<Certificate> out = new ArrayList<>();
            for (X509Certificate one : chain) {
                if (at.isBefore(one.getNotBefore().toInstant())
                        || at.isAfter(one.getNotAfter().toInstant())) {
                    return null;
                }
                out.add(Certificate.getInstance(one.getEncoded()));
            }
            return isFor(chain) && isOfHost(chain.getFirst()) ? out : null;
        } catch (GeneralSecurityException | IOException unusable) {
            return null;
        }
    }

    @SuppressWarnings("JavaUtilDate") // what the platform's certificates speak of
    private static void noteChanges(CallContext ctx, List<X509Certificate> all) {
        for (X509Certificate one : all) {
            for (Date bound : List.of(one.getNotBefore(), one.getNotAfter())) {
                long nanos = Math.multiplyExact(Math.min(bound.getTime(), Long.MAX_VALUE / 2_000_000), 1_000_000L);
                // A certificate still holds at the very instant of its end.
                for (long change : new long[] {nanos, nanos + 1}) {
                    if (change > ctx.nowNanos()) {
                        ctx.changesAt(change);
                    }
                }
            }
        }
    }

    @SuppressWarnings("JavaUtilDate")
    private static List<X509Certificate> build(List<X509Certificate> all, Instant at) throws GeneralSecurityException {
        X509CertSelector leaf = new X509CertSelector();
        leaf.setCertificate(all.getLast());
        PKIXBuilderParameters parameters =
                new PKIXBuilderParameters(Set.of(new TrustAnchor(all.getFirst(), null)), leaf);
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(all.subList(1, all.size()))));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        PKIXCertPathBuilderResult found =
                (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
        List<X509Certificate> chain = new ArrayList<>();
        found.getCertPath().getCertificates().forEach(c -> chain.add((X509Certificate) c));
        chain.add(found.getTrustAnchor().getTrustedCert());
        return chain;
    }

    /** Whether every certificate that names its purposes names a wanted one. */
    private boolean isFor(List<X509Certificate> chain) throws GeneralSecurityException {
        Set<String> wanted = usages.isEmpty() ? Set.of("1.3.6.1.5.5.7.3.1") : usages;
        if (wanted.contains(ANY_PURPOSE)) {
            return true;
        }
        for (X509Certificate one : chain) {
            List<String> purposes = one.getExtendedKeyUsage();
            if (purposes != null
                    && !purposes.contains(ANY_PURPOSE)
                    && purposes.stream().noneMatch(wanted::contains)) {
                return false;
            }
        }
        return true;
    }

    private boolean isOfHost(X509Certificate leaf) throws GeneralSecurityException {
        if (host.isEmpty()) {
            return true;
        }
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        if (names == null) {
            return false;
        }
        String wanted = host.toLowerCase(Locale.ROOT);
        for (List<?> name : names) {
            String value = String.valueOf(name.get(1)).toLowerCase(Locale.ROOT);
            boolean matches = value.equals(wanted)
                    || (value.startsWith("*.")
                            && wanted.indexOf('.') > 0
                            && wanted.substring(wanted.indexOf('.')).equals(value.substring(1)));
            if (matches) {
                return true;
            }
        }
        return false;
    }
}
