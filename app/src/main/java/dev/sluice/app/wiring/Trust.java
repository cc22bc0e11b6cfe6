package dev.sluice.app.wiring;

import dev.sluice.upstream.TrustedRoots;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whom a command believes to be the server it wants to talk to. */
public final class Trust {

    /** Where systems keep the authorities they trust. */
    static final List<Path> SYSTEM =
            List.of(Path.of("/etc/ssl/certs/ca-certificates.crt"), Path.of("/etc/pki/tls/certs/ca-bundle.crt"));

    private Trust() {}

    /** Whoever an authority of the system, of the JDK or of those files vouches for. */
    public static SSLContext authorities(List<Path> files) throws IOException {
        List<Path> all = new ArrayList<>(files);
        all.addAll(SYSTEM);
        return TrustedRoots.context(all);
    }

    /**
     * Nobody but who shows that very certificate, whatever name it is for: the server of this machine says in its control file,
     * which only its user may read, what it shows.
     */
    public static SSLContext only(String sha256) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Pinned(sha256)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static final class Pinned extends X509ExtendedTrustManager {
        private final byte[] expected;

        Pinned(String sha256) {
            this.expected = HexFormat.of().parseHex(sha256);
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                byte[] shown = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
                if (!MessageDigest.isEqual(shown, expected)) {
                    throw new CertificateException("it is not the one that the control file names; try again");
                }
            } catch (GeneralSecurityException e) {
                throw e instanceof CertificateException c ? c : new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("no client is expected");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("no client is expected");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no client is expected");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
