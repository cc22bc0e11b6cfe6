package dev.sluice.app;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.explain.Decisions;
import dev.sluice.app.command.explain.Explain;
import dev.sluice.app.command.explain.Who;
import dev.sluice.app.command.feed.Feeds;
import dev.sluice.app.command.policy.PolicyCommands;
import dev.sluice.app.command.repository.CacheCommands;
import dev.sluice.app.command.repository.RepositoryCommands;
import dev.sluice.app.command.repository.UpstreamCommands;
import dev.sluice.app.command.serve.Rehearsal;
import dev.sluice.app.command.serve.Serve;
import dev.sluice.app.command.serve.SetupClient;
import dev.sluice.app.command.serve.ShowConfiguration;
import dev.sluice.app.command.token.TokenCommands;
import dev.sluice.app.command.upkeep.Collect;
import dev.sluice.app.command.upkeep.Doctor;
import dev.sluice.app.command.upkeep.Migrate;
import dev.sluice.app.command.upkeep.Restore;
import dev.sluice.app.command.upkeep.TakeBackup;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Version;
import dev.sluice.app.logging.Logging;
import dev.sluice.storage.StorageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The program {@code sluice}: its commands and exit codes.
 *
 * <p>0: done. 1: the answer is no (a check failed, nothing found where something was asked for). 2: the command line or the
 * configuration is wrong. 3: it could not be done (no server, no access, disk full …).
 */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionText.class,
        description = "An artifact registry that decides at the gate.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice serve                              run the registry on this machine",
            "  sluice feeds import osv.zip kev.json      load advisories",
            "  sluice explain pkg:npm/lodash@4.17.20     what is decided about a version, and why",
            "  sluice who pkg:npm/lodash@4.17.20         who took it, when, from where",
            "",
            "Every command has --help."
        })
public final class Main {

    private static final int CANNOT = 3;

    private static final List<Class<?>> COMMANDS = List.of(
            Serve.class,
            SetupClient.class,
            ShowConfiguration.class,
            Feeds.class,
            Who.class,
            Decisions.class,
            Explain.class,
            PolicyCommands.class,
            TokenCommands.class,
            RepositoryCommands.class,
            UpstreamCommands.class,
            CacheCommands.class,
            Doctor.class,
            Migrate.class,
            TakeBackup.class,
            Restore.class,
            Collect.class,
            Rehearsal.class,
            CommandLine.HelpCommand.class);

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Logging.quiet();
        System.exit(run(
                arguments,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
    }

    /** Runs a command and gives its exit code. */
    public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        // reading the annotations of all commands would make a tenth of the time that starting takes
        boolean serves = arguments.length > 0 && arguments[0].equals("serve");
        CommandLine line = line(serves ? List.of(Serve.class) : COMMANDS)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Main::complain)
                .setExecutionExceptionHandler((e, command, result) -> {
                    command.getErr().println("sluice: " + sentence(e));
                    if (e instanceof Api.RefusedException refused && refused.isAboutTheInput()) {
                        showExample(command);
                        return CommandLine.ExitCode.USAGE;
                    }
                    return e instanceof ConfigurationException ? CommandLine.ExitCode.USAGE : CANNOT;
                });
        return line.execute(arguments);
    }

    /** What is wrong with an argument, in a sentence, with examples; the whole help would hide it. */
    private static int complain(CommandLine.ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println(e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        if (command.getSubcommands().isEmpty()) {
            showExample(command);
        } else {
            command.usage(command.getErr());
        }
        return CommandLine.ExitCode.USAGE;
    }

    /** Shows how the command is given; every command has examples in its help. */
    private static void showExample(CommandLine command) {
        List<String> examples = List.of(command.getCommandSpec().usageMessage().footer());
        command.getErr().println("For example:");
        examples.stream().filter(line -> !line.isBlank()).limit(3).forEach(command.getErr()::println);
        command.getErr().println("All options: " + command.getCommandSpec().qualifiedName() + " --help");
    }

    /** The commands, with nothing given yet. */
    static CommandLine line() {
        return line(COMMANDS);
    }

    private static CommandLine line(List<Class<?>> commands) {
        CommandLine line = new CommandLine(new Main());
        commands.forEach(line::addSubcommand);
        return line.setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpWidth(110); // examples are there to be copied
    }

    private static String sentence(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return switch (e) {
            case ConfigurationException c -> message;
            case StorageException s -> message;
            case NoSuchFileException missing -> "there is no file or directory '" + missing.getFile() + "'";
            case AccessDeniedException denied -> "'" + denied.getFile() + "' may not be read or written";
            case IOException io -> message;
            case IllegalArgumentException i -> message;
            default -> message + " (" + e.getClass().getSimpleName() + ")";
        };
    }

    /** Tells the version of this build. */
    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"sluice " + Version.TEXT, "Java " + Runtime.version()};
        }
    }
}
