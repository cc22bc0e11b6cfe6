package dev.sluice.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on the loopback that passes bytes until it is told to misbehave: what lies between a node and its database.
 *
 * <p>Thread-safe; close it to end its connections.
 */
public final class FaultyLink implements AutoCloseable {
    private enum Mode {
        PASS,
        REFUSE,
        STALL,
        SWALLOW
    }

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Mode mode = Mode.PASS;
    private @Nullable String fatal;
    private boolean closed;

    private FaultyLink(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    /** A link to where the address points. */
    public static FaultyLink to(URI address) {
        try {
            FaultyLink link = new FaultyLink(
                    new ServerSocket(0, 200, InetAddress.getLoopbackAddress()),
                    new InetSocketAddress(address.getHost(), address.getPort()));
            Thread.ofVirtual().name("faulty-link").start(link::accept);
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same address, but through this link. */
    public String through(String address) {
        return address.replaceFirst(
                target.getHostString() + ":" + target.getPort(), "127.0.0.1:" + listener.getLocalPort());
    }

    /** Passes bytes again; what was stalled arrives, what was swallowed is lost. */
    public void pass() {
        become(Mode.PASS);
    }

    /** Ends every connection, and each new one at once: nobody is there. */
    public void refuse() {
        become(Mode.REFUSE);
        cut();
    }

    /** Keeps connections open and new ones waiting, but passes nothing either way. */
    public void stall() {
        become(Mode.STALL);
    }

    /** Passes what clients say, and loses what is answered. */
    public void swallowAnswers() {
        become(Mode.SWALLOW);
    }

    /** The next request that holds the text (ASCII) still arrives, then its connection ends without an answer; once. */
    public void loseAnswerTo(String text) {
        lock.lock();
        try {
            fatal = text;
        } finally {
            lock.unlock();
        }
    }

    /** Ends every connection there is now. */
    public void cut() {
        open.removeIf(each -> {
            end(each);
            return true;
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        end(listener);
        cut();
    }

    private void become(Mode next) {
        lock.lock();
        try {
            mode = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Thread.ofVirtual().name("faulty-link").start(() -> connect(client));
            } catch (IOException closing) {
                // the loop ends with the listener
            }
        }
    }

    private void connect(Socket client) {
        try {
            if (current() == Mode.REFUSE) {
                client.setSoLinger(true, 0); // a reset rather than an orderly end
                end(client);
                return;
            }
            Socket server = new Socket();
            open.add(server);
            server.connect(target);
            Thread.ofVirtual().name("faulty-link").start(() -> pump(server, client, false));
            pump(client, server, true);
        } catch (IOException gone) {
            end(client);
        }
    }

    private void pump(Socket from, Socket to, boolean request) {
        byte[] buffer = new byte[64 * 1024];
        try {
            int length = from.getInputStream().read(buffer);
            while (length >= 0) {
                Mode now = passable();
                boolean last = request && isFatal(buffer, length);
                if (last) {
                    end(from); // before the answer can get there
                }
                if (request || now != Mode.SWALLOW) {
                    to.getOutputStream().write(buffer, 0, length);
                }
                if (last) {
                    to.shutdownOutput();
                    return;
                }
                length = from.getInputStream().read(buffer);
            }
        } catch (IOException gone) {
            // so is the other side, below
        }
        end(from);
        end(to);
    }

    private Mode current() {
        lock.lock();
        try {
            return mode;
        } finally {
            lock.unlock();
        }
    }

    private Mode passable() {
        lock.lock();
        try {
            while (mode == Mode.STALL && !closed) {
                changed.awaitUninterruptibly();
            }
            return mode;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFatal(byte[] buffer, int length) {
        lock.lock();
        try {
            boolean found = fatal != null && new String(buffer, 0, length, ISO_8859_1).contains(fatal);
            if (found) {
                fatal = null;
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    private static void end(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException gone) {
            // that is what was wanted
        }
    }
}
