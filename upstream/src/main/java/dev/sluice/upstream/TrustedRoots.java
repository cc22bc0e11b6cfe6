package dev.sluice.upstream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Builds a TLS context that trusts the JDK's roots and those of PEM files, as companies with their own authority need. */
public final class TrustedRoots {

    private TrustedRoots() {}

    /**
     * A TLS context.
     *
     * @param pemFiles files with certificates; those that do not exist are passed over
     * @throws IOException when a file cannot be read or holds no certificates
     */
    public static SSLContext context(List<Path> pemFiles) throws IOException {
        try {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            int count = 0;
            for (X509Certificate root : defaults()) {
                roots.setCertificateEntry("jdk-" + count++, root);
            }
            for (Path file : pemFiles) {
                if (Files.isReadable(file)) {
                    for (Certificate root : certificates(file)) {
                        roots.setCertificateEntry("pem-" + count++, root);
                    }
                }
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("trusted certificates cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads a file of certificates to find out whether that works. Throws IOException saying why not. */
    public static void check(Path pemFile) throws IOException {
        try {
            certificates(pemFile);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates in " + pemFile + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path pemFile)
            throws IOException, GeneralSecurityException {
        // the factory reads byte after byte
        try (InputStream in = new BufferedInputStream(Files.newInputStream(pemFile), 1 << 16)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static List<X509Certificate> defaults() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return List.of(x509.getAcceptedIssuers());
            }
        }
        return List.of();
    }
}
