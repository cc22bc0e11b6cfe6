package dev.sluice.rego.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.StringValue;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Tokens signed with RSA-PSS, whose salt OPA takes at any length. */
class PssSaltTest {
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    private final Calls calls = new Calls(0);

    private static KeyPair keys(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static String token(KeyPair keys, String bits, int salt) throws GeneralSecurityException {
        String signed = url("{\"alg\":\"PS" + bits + "\"}") + "." + url("{\"sub\":\"a\"}");
        Signature signer = Signature.getInstance("RSASSA-PSS");
        String digest = "SHA-" + bits;
        signer.setParameter(new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1));
        signer.initSign(keys.getPrivate());
        signer.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + URL.encodeToString(signer.sign());
    }

    private static String url(String text) {
        return URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String pem(KeyPair keys) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private String verified(String bits, String token, KeyPair keys) {
        return calls.get("io.jwt.verify_ps" + bits, StringValue.of(token), StringValue.of(pem(keys)))
                .toString();
    }

    @Test
    void any_length_of_salt_verifies_and_another_message_or_key_does_not() throws GeneralSecurityException {
        for (int size : new int[] {2048, 2049}) {
            KeyPair keys = keys(size);
            for (String bits : new String[] {"256", "384", "512"}) {
                int hash = Integer.parseInt(bits) / 8;
                int most = (size - 1 + 7) / 8 - hash - 2;
                for (int salt : new int[] {0, 1, 20, hash, most}) {
                    String token = token(keys, bits, salt);
                    assertThat(verified(bits, token, keys))
                            .as("%d %s %d", size, bits, salt)
                            .isEqualTo("true");
                    String other = token.replace(url("{\"sub\":\"a\"}"), url("{\"sub\":\"b\"}"));
                    assertThat(verified(bits, other, keys)).isEqualTo("false");
                }
            }
            String token = token(keys, "256", 32);
            assertThat(verified("256", token, keys(size))).isEqualTo("false");
            assertThat(verified("384", token, keys)).isEqualTo("false");
            assertThat(verified("256", token.substring(0, token.lastIndexOf('.') + 1) + "AAAA", keys))
                    .isEqualTo("false");
        }
    }
}
