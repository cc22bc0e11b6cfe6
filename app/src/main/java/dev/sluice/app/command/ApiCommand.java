package dev.sluice.app.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks a server: the options that say which one, and where its answer is printed. */
public abstract class ApiCommand implements Callable<Integer> {

    /** What picocli knows of it. */
    @Spec
    protected CommandSpec spec;

    @Mixin
    private ConfigurationOptions options;

    /** Connects to the server that is meant; the caller closes it. */
    protected final Api connect() throws IOException {
        return Api.connect(options);
    }

    /** Which installation is meant. */
    protected final ConfigurationOptions options() {
        return options;
    }

    /** Where results go. */
    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Where remarks go that are no results. */
    protected final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
