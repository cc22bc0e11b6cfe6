package dev.sluice.formats.pypi;

import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.Contradiction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of an upload, held against the metadata in its file: indexes tell what the form says, and clients install by the file.
 *
 * <p>Clients write the same in other words (twine orders specifiers and quotes markers its own way), and old ones send less: what
 * the form leaves out is no contradiction.
 *
 * @param form what the form says
 */
record FormClaims(CoreFields form) implements Publication.Claims {

    private static final Pattern REQUIREMENT = Pattern.compile(
            "\\s*([A-Za-z0-9][A-Za-z0-9._-]*)\\s*(?:\\[([^]]*)])?\\s*([^;]*)(?:;(.*))?", Pattern.DOTALL);

    @Override
    public @Nullable Contradiction contradicted(byte[] description) {
        CoreFields file = read(description);
        Contradiction found = differing("name", ProjectName::normalise, file);
        if (found == null) {
            found = differing("version", FormClaims::version, file);
        }
        if (found == null) {
            found = differing("requires_python", FormClaims::specifiers, file);
        }
        Set<String> claimed = requirements(form);
        Set<String> read = requirements(file);
        return found != null || claimed.isEmpty() || claimed.equals(read)
                ? found
                : new Contradiction("dependencies", String.join(", ", read), String.join(", ", claimed));
    }

    private @Nullable Contradiction differing(
            String field, java.util.function.UnaryOperator<String> spelling, CoreFields file) {
        String claimed = form.text(field);
        String read = file.text(field);
        return claimed == null || read == null || spelling.apply(claimed).equals(spelling.apply(read))
                ? null
                : new Contradiction(field.replace('_', '-'), read, claimed);
    }

    private static String version(String text) {
        String normal = VersionText.normalise(text);
        return normal == null ? text.strip() : normal;
    }

    private static String specifiers(String text) {
        String[] each = text.replaceAll("[\\s()]+", "").split(",");
        Arrays.sort(each);
        return String.join(",", each);
    }

    private static Set<String> requirements(CoreFields fields) {
        Set<String> requirements = new TreeSet<>();
        for (String each : fields.all("requires_dist")) {
            if (!each.isBlank()) {
                requirements.add(requirement(each));
            }
        }
        return requirements;
    }

    /** A requirement (PEP 508) in one spelling: names normalised, specifiers in order, no blanks, one kind of quotes. */
    private static String requirement(String text) {
        Matcher parts = REQUIREMENT.matcher(text);
        if (!parts.matches()) {
            return text.strip();
        }
        String marker = parts.group(4) == null ? "" : parts.group(4);
        String extras = parts.group(2) == null ? "" : parts.group(2);
        return ProjectName.normalise(parts.group(1))
                + "["
                + specifiers(extras.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-"))
                + "]"
                + specifiers(parts.group(3))
                + ";"
                + marker.toLowerCase(Locale.ROOT)
                        .replace('\'', '"')
                        .replaceAll("[-_.]+", "-")
                        .replaceAll("[\\s()]+", "");
    }

    /** The headers of METADATA or PKG-INFO under the names that forms have for them. */
    private static CoreFields read(byte[] description) {
        Map<String, List<StringBuilder>> fields = new LinkedHashMap<>();
        List<StringBuilder> last = new ArrayList<>();
        String text = new String(description, StandardCharsets.UTF_8);
        for (String line :
                (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList()) {
            int colon = line.indexOf(':');
            if (line.isEmpty()) {
                break;
            } else if (Character.isWhitespace(line.charAt(0)) && !last.isEmpty()) {
                last.getLast().append(' ').append(line.strip());
            } else if (colon > 0) {
                String name = line.substring(0, colon)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replace('-', '_');
                last = fields.computeIfAbsent(name, n -> new ArrayList<>(1));
                last.add(new StringBuilder(line.substring(colon + 1)));
            }
        }
        Map<String, List<String>> whole = new LinkedHashMap<>();
        fields.forEach((name, values) ->
                whole.put(name, values.stream().map(StringBuilder::toString).toList()));
        return new CoreFields(whole);
    }
}
