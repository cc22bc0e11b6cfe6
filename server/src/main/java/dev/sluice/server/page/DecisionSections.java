package dev.sluice.server.page;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The parts of the why page that show a decision's record: policies, advisories, facts, the rule's way, withheld versions. */
final class DecisionSections {

    private static final int MAX_ROWS = 200;
    private static final int MAX_TEXT = 400;

    private DecisionSections() {}

    static void write(Html page, JsonNode detail) {
        policies(page, detail.path("decision"));
        advisories(page, detail.path("facts"), reasons(detail.path("decision")));
        facts(page, detail.path("facts"));
        traces(page, detail.path("traces"));
        versions(page, detail.path("versions"));
    }

    private static void policies(Html page, JsonNode decision) {
        if (decision.isMissingNode()) {
            return;
        }
        page.element("h2", "The decision: " + text(decision.path("state"))).raw("<table>");
        for (JsonNode verdict : decision.path("verdicts")) {
            String said = verdict.path("failure").isString()
                    ? "could not be evaluated: " + text(verdict.path("failure"))
                    : verdict.path("matched").asBoolean(false)
                            ? joined(verdict.path("reasons"), "; ")
                            : "did not match";
            page.row(
                    text(verdict.path("policy")) + " (" + text(verdict.path("mode"))
                            + (text(verdict.path("on_error")).equals("allow") ? ", on_error: allow)" : ")"),
                    said.isEmpty() ? "matched" : said);
        }
        if (decision.path("horizon").isString()) {
            page.row("Time alone could change it from", text(decision.path("horizon")));
        }
        page.raw("</table>");
    }

    /** What the policies that matched gave as reasons, in one text. */
    private static String reasons(JsonNode decision) {
        return decision.path("verdicts")
                .valueStream()
                .map(verdict -> joined(verdict.path("reasons"), "\n"))
                .collect(Collectors.joining("\n"));
    }

    /** Whether a reason names the advisory, by any of its names. */
    private static boolean isNamed(JsonNode advisory, String reasons) {
        return Stream.concat(
                        Stream.of(advisory.path("identifier")),
                        advisory.path("aliases").valueStream())
                .map(DecisionSections::text)
                .anyMatch(name -> !name.isEmpty() && reasons.contains(name));
    }

    private static void advisories(Html page, JsonNode facts, String reasons) {
        if (facts.isMissingNode()) {
            return;
        }
        boolean known = facts.path("advisories_known").asBoolean(true);
        boolean none = facts.path("advisories").isEmpty();
        if (none && known) {
            return;
        }
        page.element("h2", "Advisories");
        if (!known) {
            page.element(
                    "p",
                    (none ? "Unknown: " : "These, and maybe others: ") + text(facts.path("advisories_basis")) + ".");
        }
        if (none) {
            return;
        }
        page.raw("<table>");
        head(page, List.of("Identifier", "What", "Severity", "EPSS", "Fixed in"));
        int rows = 0;
        for (JsonNode advisory : facts.path("advisories")) {
            if (rows++ == MAX_ROWS) {
                break;
            }
            String flags = (advisory.path("malicious").asBoolean(false) ? " [malicious]" : "")
                    + (advisory.path("kev").asBoolean(false) ? " [known to be exploited]" : "");
            cells(
                    page,
                    List.of(
                            text(advisory.path("identifier"))
                                    + (isNamed(advisory, reasons) ? " (named by the decision)" : ""),
                            text(advisory.path("summary")) + flags,
                            text(advisory.path("severity"))
                                    + (advisory.path("score").isNumber()
                                            ? ", CVSS " + text(advisory.path("score"))
                                            : ""),
                            text(advisory.path("epss")),
                            joined(advisory.path("fixed_versions"), ", ")));
        }
        page.raw("</table>");
    }

    private static void facts(Html page, JsonNode facts) {
        if (facts.isMissingNode()) {
            return;
        }
        page.element("h2", "Facts").raw("<table>");
        fact(page, "Origin", facts.path("origin"));
        fact(page, "Published", facts.path("published"));
        fact(page, "First seen here", facts.path("first_seen"));
        fact(page, "Licence", facts.path("license"));
        fact(page, "Runs code when installed", facts.path("install_scripts"));
        fact(page, "Deprecated", facts.path("deprecated"));
        fact(page, "Yanked", facts.path("yanked"));
        page.raw("</table>");
    }

    /** A plain value, or a signal with its source or the reason why it is unknown. */
    private static void fact(Html page, String name, JsonNode fact) {
        if (fact.isObject()) {
            boolean known = fact.path("known").asBoolean(false);
            page.row(name, (known ? text(fact.path("value")) : "unknown") + " (" + text(fact.path("basis")) + ")");
        } else if (!fact.isMissingNode() && !fact.isNull()) {
            page.row(name, text(fact));
        }
    }

    private static void traces(Html page, JsonNode traces) {
        for (JsonNode trace : traces) {
            page.element("h2", "The rule of " + text(trace.path("policy")));
            if (!trace.path("steps").isEmpty()) {
                page.raw("<table>");
                int rows = 0;
                for (JsonNode step : trace.path("steps")) {
                    if (rows++ < MAX_ROWS) {
                        String detail = text(step.path("detail"));
                        page.row(
                                text(step.path("at")),
                                text(step.path("text")) + "  →  "
                                        + text(step.path("outcome")).toLowerCase(java.util.Locale.ROOT)
                                        + (detail.isEmpty() ? "" : " (" + detail + ")"));
                    }
                }
                page.raw("</table>");
            }
            if (!trace.path("reads").isEmpty()) {
                page.raw("<details><summary>What it read</summary><table>");
                int rows = 0;
                for (JsonNode read : trace.path("reads")) {
                    if (rows++ < MAX_ROWS) {
                        page.row(
                                text(read.path("path")),
                                read.path("known").asBoolean(false) ? text(read.path("value")) : "unknown or absent");
                    }
                }
                page.raw("</table></details>");
            }
        }
    }

    private static void versions(Html page, JsonNode versions) {
        if (versions.isEmpty()) {
            return;
        }
        page.element("h2", "Withheld versions").raw("<table>");
        head(page, List.of("Version", "State", "Policy", "Why"));
        for (JsonNode version : versions) {
            cells(
                    page,
                    List.of(
                            text(version.path("version"))
                                    + (version.path("partly").asBoolean(false) ? " (some files)" : ""),
                            text(version.path("state")),
                            text(version.path("policy")),
                            text(version.path("reason"))));
        }
        page.raw("</table>");
    }

    private static void head(Html page, List<String> names) {
        page.raw("<tr>");
        names.forEach(name -> page.element("th scope=\"col\"", name));
        page.raw("</tr>");
    }

    private static void cells(Html page, List<String> values) {
        page.raw("<tr>");
        values.forEach(value -> page.element("td", value));
        page.raw("</tr>");
    }

    private static String joined(JsonNode list, String separator) {
        return String.join(
                separator, list.valueStream().map(DecisionSections::text).toList());
    }

    private static String text(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return node.isNull() ? "unknown" : "";
        }
        String text = node.isValueNode() ? node.asString("") : node.toString();
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }
}
