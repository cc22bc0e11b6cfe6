package dev.sluice.upstream;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Says in a few words what went wrong on the way to an upstream. */
final class Failures {

    private Failures() {}

    /** Whether a connection had been made, with TLS where that was to be: what failed then may be about one address only. */
    static boolean wasConnected(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpConnectTimeoutException
                    || cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof UnresolvedAddressException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof SSLException) {
                return false;
            }
        }
        return true;
    }

    static String sentence(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case HttpConnectTimeoutException e -> {
                    return "no connection in time";
                }
                case HttpTimeoutException e -> {
                    return "no answer in time";
                }
                case UnknownHostException e -> {
                    return "its host name is not known";
                }
                case UnresolvedAddressException e -> {
                    return "its host name is not known";
                }
                case SSLException e -> {
                    return "TLS failed (" + e.getMessage() + ")";
                }
                case ConnectException e -> {
                    if (cause.getCause() == null) {
                        return "connection refused";
                    }
                }
                default -> {
                    // look further
                }
            }
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
