package dev.sluice.app.command.serve;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system.
 *
 * <p>The JDK has no supported way to hear them; {@code sun.misc.Signal} of module {@code jdk.unsupported} is the one everybody
 * uses, and is reached by reflection because the compiler warns of it. Where it is missing, signals do what they do without us.
 */
final class Signals {

    private Signals() {}

    /** Runs something whenever that signal arrives, for example {@code TERM}; false when this machine cannot. */
    static boolean on(String name, Runnable then) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, given) -> {
                        if (method.getName().equals("handle")) {
                            then.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
            return true;
        } catch (InvocationTargetException e) {
            return false; // no such signal here, or the virtual machine keeps it for itself
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** Sends this process a signal that {@link #on} heard of; false when this machine cannot. */
    static boolean raise(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            signal.getMethod("raise", signal)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name));
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
