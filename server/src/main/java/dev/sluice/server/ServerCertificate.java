package dev.sluice.server;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate a server shows, with its key, from two PEM files that may be replaced while it runs.
 *
 * <p>New connections get the new pair, open ones keep theirs. A pair that cannot be used leaves the former in force: files are
 * replaced one after the other, and for a moment they do not fit each other. Thread-safe.
 */
public final class ServerCertificate {

    private static final int MAX_BYTES = 1 << 20;

    private record Pair(List<X509Certificate> chain, PrivateKey key) {
        X509Certificate own() {
            return chain.getFirst();
        }
    }

    private final Path certificate;
    private final Path key;
    private final AtomicLong renewals = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile Pair current;
    private volatile String stamp;

    private ServerCertificate(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.stamp = stamp();
        this.current = read();
    }

    /**
     * Reads a pair.
     *
     * @param certificate PEM file: the server's certificate, then those of the authorities between it and the root
     * @param key PEM file: its private key, not encrypted
     * @throws IOException when they cannot be read or do not fit; the message names the file and what to do
     */
    public static ServerCertificate open(Path certificate, Path key) throws IOException {
        return new ServerCertificate(certificate, key);
    }

    /**
     * Reads the files again if they changed since they were looked at last.
     *
     * @return whether another certificate is shown from now on
     * @throws IOException when the new pair cannot be used; the former stays
     */
    public boolean renewIfChanged() throws IOException {
        String now = stamp();
        if (now.equals(stamp)) {
            return false;
        }
        stamp = now; // what is broken is told once, not at every look
        return renew();
    }

    /** Reads the files again; otherwise as {@link #renewIfChanged}. */
    public synchronized boolean renew() throws IOException {
        try {
            Pair read = read();
            boolean other = !read.chain.equals(current.chain);
            current = read;
            if (other) {
                renewals.incrementAndGet();
            }
            return other;
        } catch (IOException e) {
            failures.incrementAndGet();
            throw e;
        }
    }

    /** SHA-256 of the certificate shown now, in hex: what tells it from every other. */
    public String fingerprint() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(current.own().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until when the certificate shown now is valid. */
    public Instant expiresAt() {
        return current.own().getNotAfter().toInstant();
    }

    /** How often another certificate took the place of a former one. */
    long renewals() {
        return renewals.get();
    }

    /** How often a new pair could not be used. */
    long failures() {
        return failures.get();
    }

    /** Hands out whatever is current at each handshake. */
    X509ExtendedKeyManager keys() {
        return new Keys();
    }

    private Pair read() throws IOException {
        Path reading = certificate;
        try {
            List<X509Certificate> chain = Pem.certificates(text(certificate));
            PublicKey mate = chain.getFirst().getPublicKey();
            reading = key;
            PrivateKey own = Pem.privateKey(text(key), mate);
            requireMates(own, mate);
            return new Pair(chain, own);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    (reading.equals(certificate) ? "tls.certificate '" : "tls.key '") + reading + "': "
                            + e.getMessage(),
                    e);
        }
    }

    private static void requireMates(PrivateKey own, PublicKey mate) throws GeneralSecurityException {
        String algorithm = switch (mate.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> mate.getAlgorithm();
        };
        byte[] probe = "sluice".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(own);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(mate);
        signature.update(probe);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
    }

    private static String text(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("'" + file + "' cannot be read; tls.certificate and tls.key are PEM files");
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
        }
    }

    private String stamp() {
        return stamp(certificate) + stamp(key);
    }

    /** Changes whenever a file, or the link to it, is replaced or written. */
    private static String stamp(Path file) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return a.lastModifiedTime() + " " + a.size() + " " + a.fileKey() + ";";
        } catch (IOException e) {
            return "none;";
        }
    }

    private final class Keys extends X509ExtendedKeyManager {
        private static final String ALIAS = "server";

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chooseServerAlias(keyType, issuers, null);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            String own = current.own().getPublicKey().getAlgorithm();
            return keyType.equals(own) || (own.equals("EdDSA") && keyType.startsWith("Ed")) ? ALIAS : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return current.chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return current.key;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            String alias = chooseServerAlias(keyType, issuers, null);
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
