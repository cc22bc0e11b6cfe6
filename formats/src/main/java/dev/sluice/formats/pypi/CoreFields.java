package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Edition;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.license.License;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Core metadata of a release (the specification of that name), as the fields of an upload form carry it.
 *
 * <p>Immutable. Fields have the form's names: lower case with underscores.
 */
final class CoreFields {

    private static final int MAX_SUMMARY = 500;

    private static final List<String> TEXTS = List.of(
            "name",
            "version",
            "metadata_version",
            "summary",
            "description_content_type",
            "home_page",
            "download_url",
            "author",
            "author_email",
            "maintainer",
            "maintainer_email",
            "license",
            "license_expression",
            "keywords",
            "requires_python");
    private static final List<String> LISTS = List.of(
            "classifiers",
            "requires_dist",
            "provides_extra",
            "requires_external",
            "platform",
            "dynamic",
            "license_file");

    private final Map<String, List<String>> fields;

    CoreFields(Map<String, List<String>> fields) {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        fields.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        this.fields = copy;
    }

    /** The first value of a field that is not blank, stripped, or null. {@code UNKNOWN}, which old tools write, is blank. */
    @Nullable
    String text(String name) {
        for (String value : all(name)) {
            String text = value.strip();
            if (!text.isEmpty() && !text.equals("UNKNOWN")) {
                return text;
            }
        }
        return null;
    }

    /** All values of a field. */
    List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    /** The declared licence, as {@link License#weighed} puts it together. */
    Signal<String> license() {
        String expression = text("license_expression");
        String free = text("license");
        return Signal.known(
                License.weighed(expression == null ? "" : expression, all("classifiers"), free == null ? "" : free),
                Edition.SOURCE);
    }

    /** Authors and maintainers as {@code name}, {@code mail} or {@code name <mail>}. */
    List<String> people() {
        List<String> people = new ArrayList<>();
        for (String role : List.of("author", "maintainer")) {
            String name = text(role);
            String mail = text(role + "_email");
            if (name != null && mail != null && !mail.contains("<") && !mail.contains(",")) {
                people.add(name + " <" + mail + ">");
            } else if (mail != null) {
                for (String one : mail.split(",", 20)) {
                    people.add(one.strip());
                }
            } else if (name != null) {
                people.add(name);
            }
        }
        return people;
    }

    /** One line of description, or empty. */
    String summary() {
        String summary = text("summary");
        if (summary == null) {
            return "";
        }
        String line = summary.replaceAll("\\s+", " ");
        return line.length() <= MAX_SUMMARY ? line : line.substring(0, MAX_SUMMARY);
    }

    /** The fields under their names in the legacy JSON form; long descriptions are left out. */
    ObjectNode info() {
        ObjectNode info = PypiFormat.JSON.object();
        for (String name : TEXTS) {
            String value = text(name);
            if (value != null) {
                info.put(name, value);
            }
        }
        for (String name : LISTS) {
            List<String> values = all(name);
            if (!values.isEmpty()) {
                ArrayNode array = info.putArray(name);
                values.forEach(array::add);
            }
        }
        List<String> urls = all("project_urls");
        if (!urls.isEmpty()) {
            ObjectNode byLabel = info.putObject("project_urls");
            for (String url : urls) {
                int comma = url.indexOf(',');
                if (comma > 0) {
                    byLabel.put(
                            url.substring(0, comma).strip(),
                            url.substring(comma + 1).strip());
                }
            }
        }
        return info;
    }
}
