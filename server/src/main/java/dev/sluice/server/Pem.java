package dev.sluice.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys as text (RFC 7468). */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([\\s\\S]{0,200000}?)-----END \\1-----");

    private Pem() {}

    /** All certificates of a text, the server's own first. Throws GeneralSecurityException with what is wrong. */
    static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (blocks.group(1).equals("CERTIFICATE")) {
                Certificate each = factory.generateCertificate(new ByteArrayInputStream(decoded(blocks.group(2))));
                chain.add((X509Certificate) each);
            }
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("there is no 'BEGIN CERTIFICATE' in it");
        }
        return chain;
    }

    /** The private key of a text, for that public key. Throws GeneralSecurityException with what is wrong. */
    static PrivateKey privateKey(String text, PublicKey mate) throws GeneralSecurityException {
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            String kind = blocks.group(1);
            String body = blocks.group(2);
            if (kind.equals("ENCRYPTED PRIVATE KEY") || body.contains("ENCRYPTED")) {
                throw new GeneralSecurityException("the key is encrypted; decrypt it (openssl pkey -in KEY -out PLAIN)"
                        + " and protect the file by its permissions");
            }
            byte[] key;
            switch (kind) {
                case "PRIVATE KEY" -> key = decoded(body);
                case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> key = wrapped(decoded(body), mate);
                default -> {
                    continue; // EC PARAMETERS, certificates
                }
            }
            try {
                return KeyFactory.getInstance(mate.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(key));
            } catch (GeneralSecurityException e) {
                throw new GeneralSecurityException(
                        "the key does not fit the certificate, which has one of kind " + mate.getAlgorithm()
                                + ", or is damaged",
                        e);
            }
        }
        throw new GeneralSecurityException("there is no 'BEGIN PRIVATE KEY' in it");
    }

    private static byte[] decoded(String body) throws GeneralSecurityException {
        try {
            return Base64.getMimeDecoder().decode(body.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("it is damaged: " + e.getMessage(), e);
        }
    }

    /**
     * An older form of key (RFC 8017, A.1.2; RFC 5915) in the newer one (RFC 5208): version, algorithm, key. The algorithm is
     * that of the public key, which names it in its own encoding (RFC 5280, section 4.1.2.7).
     */
    private static byte[] wrapped(byte[] key, PublicKey mate) {
        byte[] encoded = mate.getEncoded();
        int start = headerLength(encoded, 0);
        int algorithmLength = headerLength(encoded, start) + contentLength(encoded, start);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {2, 1, 0});
        content.write(encoded, start, algorithmLength);
        content.writeBytes(tagged(0x04, key));
        return tagged(0x30, content.toByteArray());
    }

    private static int headerLength(byte[] der, int at) {
        return (der[at + 1] & 0x80) == 0 ? 2 : 2 + (der[at + 1] & 0x7f);
    }

    private static int contentLength(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | (der[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
