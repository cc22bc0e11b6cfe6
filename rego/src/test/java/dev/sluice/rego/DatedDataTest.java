package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Certificates and tokens in the data hold for a time that the data name: what rules say of them is not kept for a later
 * instant, though the rules look at nothing but data.
 */
class DatedDataTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant FIRST = NOW.minusSeconds(3600);
    private static final int KEPT_BY_NOW = 3;

    private static ObjectValue data = ObjectValue.EMPTY;

    @BeforeAll
    static void a_chain_and_a_token_that_hold_from_an_hour_ago_until_now() throws Exception {
        data = ObjectValue.builder()
                .put("chain", StringValue.of(chain()))
                .put("token", token())
                .build();
    }

    private static String chain() throws GeneralSecurityException, OperatorCreationException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair root = generator.generateKeyPair();
        KeyPair leaf = generator.generateKeyPair();
        return pem("root", root, NOW.plusSeconds(86_400), true, root) + pem("leaf", leaf, NOW, false, root);
    }

    @SuppressWarnings("JavaUtilDate") // what the builder takes
    private static String pem(String name, KeyPair keys, Instant last, boolean authority, KeyPair signer)
            throws OperatorCreationException, IOException {
        byte[] encoded = new X509v3CertificateBuilder(
                        new X500Name("CN=root"),
                        authority ? BigInteger.ONE : BigInteger.TWO,
                        Date.from(FIRST),
                        Date.from(last),
                        new X500Name("CN=" + name),
                        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))
                .getEncoded();
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END CERTIFICATE-----\n";
    }

    private static Value token() {
        String claims = "{\"nbf\": " + FIRST.getEpochSecond() + ", \"exp\": " + (NOW.getEpochSecond() + 1) + "}";
        return Objects.requireNonNull(query("p := io.jwt.encode_sign({\"alg\": \"HS256\"}, " + claims
                        + ", {\"kty\": \"oct\", \"k\": \"c2VjcmV0\"})")
                .evaluate(Evaluation.Request.of(null, ObjectValue.EMPTY, NOW))
                .value());
    }

    private static PreparedQuery query(String body) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
    }

    private static Evaluation.Result at(PreparedQuery query, Instant now) {
        return query.evaluate(Evaluation.Request.of(null, data, now));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := crypto.x509.parse_and_verify_certificates(data.chain)[0]",
                "p := crypto.x509.parse_and_verify_certificates_with_options(data.chain, {})[0]",
                "p := io.jwt.decode_verify(data.token, {\"secret\": \"secret\"})[0]",
                "f(x) := crypto.x509.parse_and_verify_certificates(x)[0]\nq := f(data.chain)\np := q",
                "f(x) := io.jwt.decode_verify(x, {\"secret\": \"secret\"})[0]\nq := f(data.token)\np := q",
                "q := data.z\np := y if {\n"
                        + "y := q with data.z as crypto.x509.parse_and_verify_certificates(data.chain)[0]\n}",
            })
    void what_holds_until_now_is_asked_again_at_every_instant(String body) {
        PreparedQuery query = query(body);
        Evaluation.Result first = at(query, NOW);
        for (int i = 1; i < KEPT_BY_NOW; i++) {
            assertThat(at(query, NOW).value()).hasToString("true");
            assertThat(at(query, NOW).horizon()).isEqualTo(first.horizon());
        }
        assertThat(first.horizon()).isBetween(NOW.plusNanos(1), NOW.plusSeconds(1));
        assertThat(at(query, NOW.plusSeconds(1)).value()).hasToString("false");
        assertThat(at(query, NOW.minusSeconds(86_400)).value()).hasToString("false");
        assertThat(at(query, NOW).value()).hasToString("true");
    }

    @Test
    void what_is_asked_about_another_time_holds_forever() {
        PreparedQuery query = query("p := crypto.x509.parse_and_verify_certificates_with_options(data.chain, "
                + "{\"CurrentTime\": " + NOW.getEpochSecond() + "000000000})[0]");
        for (Instant now : List.of(NOW, NOW, NOW, NOW.plusSeconds(1), NOW.minusSeconds(86_400))) {
            assertThat(at(query, now).value()).hasToString("true");
            assertThat(at(query, now).horizon()).isEqualTo(Instant.MAX);
        }
    }
}
