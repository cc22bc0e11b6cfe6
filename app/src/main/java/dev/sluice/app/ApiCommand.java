package dev.sluice.app;

import dev.sluice.app.cli.ConfigurationOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks a server: the options that say which one, and where its answer is printed. */
abstract class ApiCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Mixin
    private ConfigurationOptions options;

    /** Connects to the server that is meant; the caller closes it. */
    final Api connect() throws IOException {
        return Api.connect(options);
    }

    /** Which installation is meant. */
    final ConfigurationOptions options() {
        return options;
    }

    /** Where results go. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Where remarks go that are no results. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
