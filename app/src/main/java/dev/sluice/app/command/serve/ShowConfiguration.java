package dev.sluice.app.command.serve;

import dev.sluice.app.command.ConfigurationOptions;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code sluice config}: the effective settings and where each comes from. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Show every effective setting with its origin; secrets are masked.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice config",
            "  sluice config --config /etc/sluice.yaml --json",
            "  SLUICE_PORT=9000 sluice config"
        })
public final class ShowConfiguration implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions options;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--explain", description = "Say what each setting is for, and its environment variable.")
    private boolean explain;

    @Override
    public Integer call() {
        Map<String, Configuration.Value> shown = options.configuration().shown();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            List<Map<String, String>> rows = new ArrayList<>();
            shown.forEach((key, value) -> {
                Map<String, String> row = new LinkedHashMap<>();
                row.put("key", key);
                row.put("value", value.value());
                row.put("origin", value.origin());
                rows.add(row);
            });
            out.println(JsonMapper.builder()
                    .build()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(rows));
        } else {
            int width = shown.keySet().stream().mapToInt(String::length).max().orElse(0);
            shown.forEach((key, value) -> {
                out.printf("%-" + width + "s = %-30s # %s%n", key, value.value(), value.origin());
                Setting.ALL.stream()
                        .filter(s -> explain && s.key().equals(key))
                        .forEach(s -> out.printf("%" + width + "s     %s (%s)%n", "", s.help(), s.environment()));
            });
        }
        out.flush();
        return 0;
    }
}
