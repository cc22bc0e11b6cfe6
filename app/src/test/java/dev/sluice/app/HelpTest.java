package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {

    static Stream<CommandLine> every_command() {
        List<CommandLine> found = new ArrayList<>();
        collect(new CommandLine(Main.class), found);
        return found.stream();
    }

    private static void collect(CommandLine command, List<CommandLine> into) {
        if (command.getCommandName().equals("help")) {
            return; // picocli's own
        }
        into.add(command);
        command.getSubcommands().values().stream().distinct().forEach(each -> collect(each, into));
    }

    @ParameterizedTest
    @MethodSource("every_command")
    void help_of_every_command_describes_it_and_has_examples(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);

        assertThat(help).contains("Usage: " + name).contains("Examples:");
        assertThat(help.substring(help.indexOf("Examples:")))
                .as("an example of " + name)
                .contains("  " + name);
        assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
        assertThat(command.getCommandSpec().mixinStandardHelpOptions()).isTrue();
    }
}
