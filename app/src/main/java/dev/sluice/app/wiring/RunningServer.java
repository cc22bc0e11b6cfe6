package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.control.ControlToken;
import dev.sluice.app.upkeep.Upkeep;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.server.FrontDoor;
import dev.sluice.server.ServerCertificate;
import dev.sluice.server.operation.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An installation that answers requests, from its start to its end.
 *
 * <p>While it runs, a control file in the data directory tells this user's own commands its address and a token that is good for
 * this run only. Close it to drain and stop; closing twice does nothing.
 */
public final class RunningServer implements AutoCloseable {

    /** Name of the token of the control file. */
    static final String CONTROL = "control";

    private static final Duration CERTIFICATE_LOOK = Duration.ofSeconds(10);

    private final Installation installation;
    private final Upkeep upkeep;
    private final FrontDoor door;
    private final ControlFile control;
    private final String controlToken;
    private final @Nullable ServerCertificate certificate;
    private final @Nullable CertificateWatch watch;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Duration farewell = Duration.ZERO;

    private RunningServer(
            Installation installation,
            Upkeep upkeep,
            FrontDoor door,
            ControlFile control,
            String controlToken,
            @Nullable ServerCertificate certificate) {
        this.installation = installation;
        this.upkeep = upkeep;
        this.door = door;
        this.control = control;
        this.controlToken = controlToken;
        this.certificate = certificate;
        this.watch =
                certificate == null ? null : new CertificateWatch(certificate, CERTIFICATE_LOOK, this::tellWhereAgain);
    }

    /** Starts answering as configured. The installation is the server's from then on, and is closed when starting fails. */
    public static RunningServer start(Installation installation, String bind, int port) throws IOException {
        ServerCertificate certificate;
        try {
            certificate = DoorSettings.certificate(installation.configuration());
        } catch (IOException | RuntimeException e) {
            installation.close();
            throw e;
        }
        return start(installation, bind, port, certificate);
    }

    /** Starts answering this process alone, for the length of a command. The installation is handled as by {@link #start}. */
    public static RunningServer forCommand(Installation installation) throws IOException {
        return start(installation, "127.0.0.1", 0, null);
    }

    private static RunningServer start(
            Installation installation, String bind, int port, @Nullable ServerCertificate certificate)
            throws IOException {
        try {
            Configuration configuration = installation.configuration();
            TokenSecrets.Issued issued = TokenSecrets.issue(
                    CONTROL,
                    "local",
                    Role.ADMINISTRATOR,
                    List.of(),
                    installation.clock().instant(),
                    null);
            ControlToken tokens = new ControlToken(installation.database().tokens(), issued.token());
            Upkeep upkeep = Serving.upkeep(configuration, installation.storage(), installation.checkup(), tokens);
            FrontDoor door = FrontDoor.start(
                    DoorSettings.binding(configuration, bind, port, certificate),
                    Serving.rooms(installation, tokens, Areas.operations(installation, upkeep, tokens)),
                    DoorSettings.limits(configuration),
                    installation.clock());
            ControlFile control = ControlFile.in(configuration.path(Setting.DATA));
            RunningServer server = new RunningServer(installation, upkeep, door, control, issued.text(), certificate);
            server.tellWhere();
            return server;
        } catch (IOException | RuntimeException e) {
            installation.close();
            throw e;
        }
    }

    /** Has what is due from time to time done from now on, and clients sent elsewhere at the end; for servers that stay. */
    public void schedule() {
        farewell = installation.configuration().duration(Setting.DRAIN_DELAY);
        upkeep.schedule();
        installation.feedSyncs().schedule();
    }

    private void tellWhere() throws IOException {
        control.write(reachedBy(controlToken));
    }

    private void tellWhereAgain() {
        try {
            tellWhere();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How to reach it with that token. */
    public ControlFile.Control reachedBy(String token) {
        return new ControlFile.Control(
                door.address(),
                token,
                ProcessHandle.current().pid(),
                certificate == null ? null : certificate.fingerprint());
    }

    /** Whether it speaks HTTPS. */
    public boolean isEncrypted() {
        return certificate != null;
    }

    /** Reads the certificate again, if there is one. */
    public void renewCertificate() {
        if (watch != null) {
            watch.now();
        }
    }

    /** Its address, as clients on this machine write it. */
    public String address() {
        return door.address();
    }

    /** What it answers beside the formats. */
    public List<Operation> operations() {
        return door.operations();
    }

    /** The token of this run. */
    public String controlToken() {
        return controlToken;
    }

    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            if (watch != null) {
                watch.close();
            }
            control.delete();
            door.leave(farewell);
            door.close();
            upkeep.close();
        } finally {
            installation.close();
        }
    }
}
