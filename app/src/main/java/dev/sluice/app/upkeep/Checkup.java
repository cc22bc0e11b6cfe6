package dev.sluice.app.upkeep;

import dev.sluice.storage.upkeep.Examination;
import dev.sluice.storage.upkeep.Finding;
import dev.sluice.storage.upkeep.Scrub;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code sluice doctor} looks at and tells.
 *
 * @param examination compares what is kept with what should be
 * @param scrub how far the reading of all blobs is
 * @param damage what is wrong within the database
 */
public record Checkup(Examination examination, Scrub scrub, Supplier<List<Finding>> damage) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Examines the installation; gives what {@code sluice doctor} prints. */
    public ObjectNode run(boolean deep, boolean repair, Consumer<String> progress) throws IOException {
        progress.accept("the database");
        List<Finding> damaged = damage.get();
        Examination.Report report = examination.run(deep, repair, progress);
        ObjectNode result = JSON.createObjectNode()
                .put("sound", report.isSound() && damaged.isEmpty())
                .put("faults", report.faults() + damaged.size())
                .put("repaired", report.repaired())
                .put("notes", report.notes())
                .put("unchecked", report.unchecked())
                .put(
                        "index_faults",
                        report.findings().stream()
                                .filter(finding -> finding.subject().equals(Examination.INDEX))
                                .count());
        result.putObject("scrub")
                .put("last_ended", scrub.state().lastEnded())
                .put("begun", scrub.state().begun())
                .put("percent", scrub.state().next() * 100 / 256);
        ObjectNode counts = result.putObject("counts");
        new TreeMap<>(report.counts()).forEach(counts::put);
        ArrayNode findings = result.putArray("findings");
        damaged.forEach(finding -> write(findings, finding));
        report.findings().forEach(finding -> write(findings, finding));
        return result;
    }

    /** Writes a finding as {@code sluice doctor} prints it. */
    public static void write(ArrayNode findings, Finding finding) {
        findings.addObject()
                .put("kind", finding.kind().name().toLowerCase(Locale.ROOT))
                .put("subject", finding.subject())
                .put("problem", finding.problem())
                .put("remedy", finding.remedy());
    }
}
