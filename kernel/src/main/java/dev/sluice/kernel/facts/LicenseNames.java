package dev.sluice.kernel.facts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Spellings of licences, as packages declare them.
 *
 * <p>A small table of the names that npm, PyPI and Maven packages really use, with the identifiers of the SPDX licence list.
 * What it does not know stays as it was declared; ambiguous names ("BSD", "GPL") are not guessed.
 */
public final class LicenseNames {

    /** Longer texts are licence texts, not names. */
    private static final int MAX_LENGTH = 500;

    private static final int MAX_OPERANDS = 50;

    private static final Pattern ABBREVIATION = Pattern.compile("\\([^()]{0,40}\\)");
    private static final Pattern PUNCTUATION = Pattern.compile("[^a-z0-9.+]+");
    private static final Pattern GLUED =
            Pattern.compile("\\b(agpl|lgpl|gpl|mpl|epl|asl|apache|cddl|bsd|edl|bsl) ?v?([0-9])");
    private static final Pattern FILLERS =
            Pattern.compile("\\b(the|license|licence|licenses|version|ver|software|only|clauses|v)\\b");
    private static final Pattern V_NUMBER = Pattern.compile("\\bv([0-9])");
    private static final Pattern POINT_ZERO = Pattern.compile("\\b([0-9]+)(\\.0)+\\b");
    private static final Pattern OPERATOR = Pattern.compile(" (?:OR|AND) ");

    private static final Map<String, String> IDENTIFIERS = new HashMap<>();
    private static final Map<String, String> NAMES = new HashMap<>();

    static {
        for (String id : List.of(
                "0BSD",
                "AFL-2.1",
                "AFL-3.0",
                "AGPL-1.0",
                "AGPL-3.0",
                "AGPL-3.0-only",
                "AGPL-3.0-or-later",
                "Apache-1.1",
                "Apache-2.0",
                "Artistic-1.0",
                "Artistic-2.0",
                "BlueOak-1.0.0",
                "BSD-1-Clause",
                "BSD-2-Clause",
                "BSD-2-Clause-Patent",
                "BSD-3-Clause",
                "BSD-3-Clause-Clear",
                "BSD-4-Clause",
                "BSL-1.0",
                "BUSL-1.1",
                "CC-BY-3.0",
                "CC-BY-4.0",
                "CC-BY-NC-4.0",
                "CC-BY-SA-4.0",
                "CC0-1.0",
                "CDDL-1.0",
                "CDDL-1.1",
                "ECL-2.0",
                "EPL-1.0",
                "EPL-2.0",
                "EUPL-1.1",
                "EUPL-1.2",
                "GPL-2.0",
                "GPL-2.0+",
                "GPL-2.0-only",
                "GPL-2.0-or-later",
                "GPL-2.0-with-classpath-exception",
                "GPL-3.0",
                "GPL-3.0+",
                "GPL-3.0-only",
                "GPL-3.0-or-later",
                "HPND",
                "ICU",
                "ISC",
                "JSON",
                "LGPL-2.0",
                "LGPL-2.0-only",
                "LGPL-2.0-or-later",
                "LGPL-2.1",
                "LGPL-2.1+",
                "LGPL-2.1-only",
                "LGPL-2.1-or-later",
                "LGPL-3.0",
                "LGPL-3.0+",
                "LGPL-3.0-only",
                "LGPL-3.0-or-later",
                "MIT",
                "MIT-0",
                "MPL-1.1",
                "MPL-2.0",
                "MS-PL",
                "MulanPSL-2.0",
                "NCSA",
                "OFL-1.1",
                "OSL-3.0",
                "PSF-2.0",
                "PostgreSQL",
                "Python-2.0",
                "SSPL-1.0",
                "Unicode-3.0",
                "Unlicense",
                "UPL-1.0",
                "W3C",
                "WTFPL",
                "X11",
                "ZPL-2.1",
                "Zlib")) {
            IDENTIFIERS.put(id.toLowerCase(Locale.ROOT), id);
        }
        names("MIT", "mit", "expat", "mit expat", "opensource.org mit");
        names("MIT-0", "mit no attribution");
        names("Apache-2.0", "apache 2", "apache", "asl 2", "al 2", "apache foundation 2", "apache public 2");
        names("Apache-1.1", "apache 1.1");
        names(
                "BSD-3-Clause",
                "bsd 3 clause",
                "bsd 3",
                "3 clause bsd",
                "new bsd",
                "modified bsd",
                "revised bsd",
                "bsd new",
                "bsd 3 clause new or revised",
                "eclipse distribution 1",
                "edl 1",
                "bsd three clause",
                "eclipse distribution new bsd",
                "go");
        names(
                "BSD-2-Clause",
                "bsd 2 clause",
                "bsd 2",
                "2 clause bsd",
                "simplified bsd",
                "freebsd",
                "bsd 2 clause simplified",
                "bsd two clause");
        names("BSD-4-Clause", "bsd 4 clause", "original bsd");
        names("0BSD", "bsd zero clause", "zero clause bsd");
        names("ISC", "isc", "iscl");
        names("MPL-2.0", "mpl 2", "mozilla public 2", "mpl2");
        names("MPL-1.1", "mpl 1.1", "mozilla public 1.1");
        names("EPL-1.0", "epl 1", "eclipse public 1");
        names("EPL-2.0", "epl 2", "eclipse public 2");
        names("EUPL-1.1", "european union public 1.1");
        names("EUPL-1.2", "european union public 1.2");
        names("CDDL-1.0", "cddl 1", "common development and distribution 1");
        names("CDDL-1.1", "cddl 1.1", "common development and distribution 1.1");
        names(
                "CC0-1.0",
                "cc0",
                "cc0 1",
                "cc0 1 universal",
                "creative commons zero",
                "public domain per creative commons cc0");
        names("CC-BY-4.0", "cc by 4", "creative commons attribution 4", "creative commons attribution 4 international");
        names("CC-BY-SA-4.0", "cc by sa 4", "creative commons attribution sharealike 4 international");
        names("Unlicense", "unlicense");
        names("WTFPL", "wtfpl", "do what the fuck you want to public");
        names("Zlib", "zlib", "zlib libpng");
        names("BSL-1.0", "boost 1", "boost");
        names("BUSL-1.1", "business source 1.1");
        names("PSF-2.0", "python foundation", "psf", "psf 2");
        names("HPND", "historical permission notice and disclaimer");
        names("Artistic-2.0", "artistic 2");
        names("ZPL-2.1", "zope public 2.1", "zope public");
        names("UPL-1.0", "universal permissive 1", "upl", "universal permissive");
        names("OFL-1.1", "sil open font 1.1", "open font 1.1");
        names("SSPL-1.0", "server side public 1");
        names("PostgreSQL", "postgresql");
        names("JSON", "json");
        names("NCSA", "university of illinois ncsa open source");
        names("X11", "x11");
        gnu("GPL", "2", "2.0");
        gnu("GPL", "3", "3.0");
        gnu("LGPL", "2", "2.0");
        gnu("LGPL", "2.1", "2.1");
        gnu("LGPL", "3", "3.0");
        gnu("AGPL", "3", "3.0");
        for (String spelling : List.of(
                "gpl 2 with classpath exception",
                "gpl 2 w cpe",
                "gpl2 w cpe",
                "gpl 2 cpe",
                "gpl 2 with cpe",
                "gnu general public 2 with classpath exception",
                "gpl 2 ce",
                "gpl 2 w ce",
                "gnu general public 2 with gnu classpath exception",
                "gnu general public 2 with the classpath exception")) {
            NAMES.put(spelling, "GPL-2.0-only WITH Classpath-exception-2.0");
        }
    }

    private LicenseNames() {}

    /** The SPDX identifier or expression that a declared licence means; the text itself where it already is one. */
    public static String normalise(String declared) {
        String text = declared.strip();
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return text;
        }
        String whole = single(text);
        if (whole != null) {
            return whole;
        }
        String expression = expression(text);
        return expression == null ? text : expression;
    }

    /** An expression whose operands are all known by table, with their identifiers; else null. */
    private static @Nullable String expression(String text) {
        List<String> operands = new ArrayList<>(List.of(OPERATOR.split(text, MAX_OPERANDS)));
        if (operands.size() < 2 || operands.size() >= MAX_OPERANDS) {
            return null;
        }
        List<String> operators =
                OPERATOR.matcher(text).results().map(found -> found.group()).toList();
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < operands.size(); i++) {
            String operand = operands.get(i);
            int open = 0;
            while (open < operand.length() && operand.charAt(open) == '(') {
                open++;
            }
            int end = operand.length();
            while (end > open && operand.charAt(end - 1) == ')' && isUnopened(operand, open, end)) {
                end--;
            }
            String name = operand.substring(open, end).strip();
            String known = single(name);
            if (known == null) {
                return null;
            }
            result.append(i == 0 ? "" : operators.get(i - 1))
                    .append(operand, 0, open)
                    .append(known)
                    .append(operand.substring(end));
        }
        return result.toString();
    }

    /** Whether the last parenthesis closes one that opened before this operand. */
    private static boolean isUnopened(String operand, int from, int end) {
        int depth = 0;
        for (int i = from; i < end; i++) {
            depth += operand.charAt(i) == '(' ? 1 : operand.charAt(i) == ')' ? -1 : 0;
        }
        return depth < 0;
    }

    private static @Nullable String single(String text) {
        String name = text.startsWith("License ::")
                ? text.substring(text.lastIndexOf("::") + 2).strip()
                : text;
        String lower = name.toLowerCase(Locale.ROOT);
        String identifier = IDENTIFIERS.get(lower);
        if (identifier != null) {
            return identifier;
        }
        int with = lower.indexOf(" with ");
        if (with > 0 && IDENTIFIERS.containsKey(lower.substring(0, with)) && name.indexOf(' ', with + 6) < 0) {
            return IDENTIFIERS.get(lower.substring(0, with)) + " WITH " + name.substring(with + 6);
        }
        String known = NAMES.get(simplified(ABBREVIATION.matcher(lower).replaceAll(" ")));
        return known != null ? known : NAMES.get(simplified(lower));
    }

    /** Without what tells no licences apart: punctuation, filler words, the v of versions, trailing zeros. */
    private static String simplified(String lower) {
        String text = lower.replace("licence", "license").replace("+", " or later ");
        text = PUNCTUATION.matcher(text).replaceAll(" ").strip();
        text = V_NUMBER.matcher(text).replaceAll("$1");
        text = GLUED.matcher(text).replaceAll("$1 $2");
        text = FILLERS.matcher(text).replaceAll(" ");
        Matcher zeros = POINT_ZERO.matcher(text);
        text = zeros.replaceAll("$1");
        return text.replaceAll(" +", " ").replaceAll("[. ]+$", "").strip();
    }

    private static void names(String identifier, String... spellings) {
        for (String spelling : spellings) {
            NAMES.put(spelling, identifier);
        }
    }

    private static void gnu(String family, String number, String version) {
        String kind = switch (family) {
            case "LGPL" -> "lesser general public";
            case "AGPL" -> "affero general public";
            default -> "general public";
        };
        String identifier = family + "-" + version;
        List<String> names = new ArrayList<>(List.of(
                family.toLowerCase(Locale.ROOT) + " " + number,
                "gnu " + family.toLowerCase(Locale.ROOT) + " " + number,
                kind + " " + number,
                "gnu " + kind + " " + number));
        if (family.equals("LGPL")) {
            names.add("gnu library general public " + number);
            names.add("gnu library or lesser general public " + number);
        }
        for (String name : names) {
            NAMES.put(name, identifier + "-only");
            NAMES.put(name + " or later", identifier + "-or-later");
            NAMES.put(name + " or any later", identifier + "-or-later");
            NAMES.put(name + " or newer", identifier + "-or-later");
        }
    }
}
