package dev.sluice.kernel.license;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a declaration: SPDX expressions (SPDX specification 2.3, annex D) whose operands may be names in other words. Identifiers
 * are compared without case, operators with; {@code AND} binds closer than {@code OR}.
 */
final class Declaration {

    private static final int MAX_DEPTH = 30;
    private static final int MAX_PARTS = 60;

    private static final Pattern SIMPLE = Pattern.compile(
            "(?<id>(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9.-]+)(?<plus>\\+?)(?: WITH (?<with>[A-Za-z0-9.-]+))?");
    private static final Pattern REFERENCE =
            Pattern.compile("(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+");
    private static final Pattern GNU = Pattern.compile("[AL]?GPL-[0-9.]+");
    private static final Pattern GNU_WITH = Pattern.compile("(GPL-[0-9.]+)-with-([A-Za-z]+)-exception");

    private Declaration() {}

    static Meaning read(String text) {
        Meaning whole = LicenseTexts.read(text);
        return whole == null ? choice(text, 0) : whole;
    }

    private static Meaning choice(String text, int depth) {
        Meaning whole = operand(text);
        if (whole != null) {
            return whole;
        }
        List<String> parts = Parts.of(text, "OR");
        if (!areOperands(parts)) {
            return together(text, depth);
        }
        return Meaning.choice(parts.stream().map(part -> together(part, depth)).toList());
    }

    private static Meaning together(String text, int depth) {
        Meaning whole = operand(text);
        if (whole != null) {
            return whole;
        }
        List<String> parts = Parts.of(text, "AND");
        if (!areOperands(parts)) {
            return group(text, depth);
        }
        return Meaning.together(parts.stream()
                .map(part -> {
                    Meaning operand = operand(part);
                    return operand != null ? operand : group(part, depth);
                })
                .toList());
    }

    private static Meaning group(String text, int depth) {
        String inside = Parts.inside(text);
        if (inside == null || depth >= MAX_DEPTH) {
            return LicenseNames.loose(text);
        }
        Meaning meaning = choice(inside, depth + 1);
        return new Meaning(
                meaning.expression() == null ? null : "(" + meaning.expression() + ")",
                meaning.alternatives(),
                meaning.exact(),
                meaning.closed());
    }

    private static boolean areOperands(List<String> parts) {
        return parts.size() > 1 && parts.size() <= MAX_PARTS && parts.stream().noneMatch(String::isEmpty);
    }

    private static @Nullable Meaning operand(String text) {
        Meaning spdx = simple(text);
        return spdx != null ? spdx : LicenseNames.named(text);
    }

    /** An identifier, perhaps with a plus and an exception, or a reference; null for anything else. */
    static @Nullable Meaning simple(String text) {
        if (REFERENCE.matcher(text).matches()) {
            return new Meaning(text, List.of(List.of(text)), true, false);
        }
        Matcher simple = SIMPLE.matcher(text);
        if (!simple.matches()) {
            return null;
        }
        String plus = simple.group("plus");
        SpdxList.Entry own = SpdxList.license(simple.group("id") + plus);
        SpdxList.Entry license = own != null ? own : SpdxList.license(simple.group("id"));
        if (license == null) {
            return null;
        }
        String expression = own != null ? own.id() : license.id() + plus;
        String entry = today(license.id(), !plus.isEmpty());
        String with = simple.group("with");
        if (with == null) {
            return new Meaning(expression, List.of(List.of(entry)), true, false);
        }
        String exception = SpdxList.exception(with);
        if (exception == null) {
            return new Meaning(null, List.of(List.of(entry, License.NOASSERTION)), false, false);
        }
        return new Meaning(expression + " WITH " + exception, List.of(List.of(with(entry, exception))), true, false);
    }

    /** The entry with an exception; an entry that has one keeps its own. */
    static String with(String entry, String exception) {
        return entry.contains(" WITH ") || entry.equals(License.NOASSERTION) ? entry : entry + " WITH " + exception;
    }

    /** How the list names a licence today: those of GNU say "only" or "or later", exceptions stand apart. */
    private static String today(String id, boolean orLater) {
        Matcher with = GNU_WITH.matcher(id);
        if (with.matches()) {
            String exception = switch (with.group(2)) {
                case "classpath" -> "Classpath-exception-2.0";
                case "autoconf" -> id.startsWith("GPL-3") ? "Autoconf-exception-3.0" : "Autoconf-exception-2.0";
                case "bison" -> "Bison-exception-2.2";
                case "font" -> "Font-exception-2.0";
                default -> id.startsWith("GPL-3") ? "GCC-exception-3.1" : "GCC-exception-2.0";
            };
            return with.group(1) + "-only WITH " + exception;
        }
        String bare = id.endsWith("+") ? id.substring(0, id.length() - 1) : id;
        if (GNU.matcher(bare).matches()) {
            return bare + (orLater ? "-or-later" : "-only");
        }
        return orLater && bare.endsWith("-only") ? bare.substring(0, bare.length() - 5) + "-or-later" : bare;
    }
}
