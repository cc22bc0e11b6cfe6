package dev.sluice.kernel.license;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What licences are called in other words than SPDX's: the names of the SPDX list, a table of the names and addresses that packages
 * really use, and a rule for GNU's licences.
 */
final class LicenseNames {

    /** Longer texts are no names. */
    private static final int MAX_NAME = 250;

    private static final int MAX_PIECES = 40;

    private static final Pattern ABBREVIATION = Pattern.compile("\\((?!with|>|at your|or |either)[^()]{0,60}\\)");
    private static final Pattern PUNCTUATION = Pattern.compile("[^a-z0-9.+]+");
    private static final Pattern AT_LEAST = Pattern.compile(">=? ?v?([0-9.]+)");
    private static final Pattern GLUED =
            Pattern.compile("\\b(agpl|lgpl|gpl|mpl|epl|asl|apache|cddl|bsd|edl|bsl|eupl|cecill) ?v?([0-9])");
    private static final Pattern FILLERS =
            Pattern.compile("\\b(the|license|licence|licenses|licensed|version|ver|software|only|clauses|v)\\b");
    private static final Pattern CLASSPATH = Pattern.compile("\\s*\\+\\s*(?:ce|cpe)\\b");
    private static final Pattern V_NUMBER = Pattern.compile("\\bv\\.? ?([0-9])");
    private static final Pattern POINT_ZERO = Pattern.compile("\\b([0-9]+)(\\.0)+\\b");
    private static final Pattern WITH = Pattern.compile(" (?:with|w) (?:an? )?");

    private static final String LATER = " or (?:at your option )?(?:any )?(?:later|newer|greater|above|higher)";
    private static final Pattern GNU = Pattern.compile("\\b(?:gnu )*"
            + "(?<kind>(?:(?:affero|lesser|library(?: or lesser)?|lesser or library) )?(?:general public|agpl|lgpl|gpl)"
            + "|affero|lesser)"
            + "(?: (?:agpl|lgpl|gpl))?(?: (?<number>[0-9](?:\\.[0-9])?)\\b)?(?<later>" + LATER + ")?\\b");
    private static final Pattern OTHERS = Pattern.compile("\\b(sspl|server side public|busl|business source)\\b");
    private static final Pattern DENIAL = Pattern.compile("(?:^| )(?:non|not|no|isn t|without) (?:an? )?(?:gnu )*$");

    private static final Pattern BEFORE_NUMBER = Pattern.compile(",\\s*(?=(?:v|ver|version)\\.?\\s*[0-9])");
    private static final Pattern PHRASE = Pattern.compile(
            "\\s+or\\s+(?:\\(?at\\s+your\\s+option\\)?,?\\s+)?(?:any\\s+)?(?:later|newer|greater|above|higher)(?:\\s+versions?)?\\b");
    private static final Pattern SEPARATOR =
            Pattern.compile("\\s*[;,&|/]\\s*(?:and |or )?|\\s\\+\\s|\\s(?:and/or|and|or|plus)\\s+(?:the\\s+)?");

    private static final Map<String, List<String>> VERSIONS = Map.of(
            "GPL", List.of("1.0", "2.0", "3.0"), "LGPL", List.of("2.0", "2.1", "3.0"), "AGPL", List.of("1.0", "3.0"));

    private static final Map<String, Meaning> NAMES = new HashMap<>();
    private static final Map<String, Meaning> ADDRESSES = new HashMap<>();
    private static final Map<String, String> EXCEPTIONS = new HashMap<>();

    static {
        Set<String> twice = new HashSet<>();
        for (SpdxList.Entry entry : SpdxList.licenses()) {
            if (!entry.deprecated() && !entry.id().contains("GPL-")) {
                for (String name : new LinkedHashSet<>(List.of(simplified(entry.id()), simplified(entry.name())))) {
                    Meaning other = NAMES.putIfAbsent(name, spdx(entry.id()));
                    if (other != null && !Objects.equals(other.expression(), entry.id())) {
                        twice.add(name);
                    }
                }
            }
        }
        twice.forEach(NAMES::remove);
        table("license-names.txt", NAMES, UnaryOperator.identity());
        table("license-addresses.txt", ADDRESSES, SpdxList::plain);
        exceptions(
                "Classpath-exception-2.0",
                "classpath exception",
                "classpath",
                "cpe",
                "ce",
                "gnu classpath exception",
                "classpath exception 2",
                "classpath linking exception");
        exceptions("Universal-FOSS-exception-1.0", "universal foss exception", "universal foss exception 1");
        exceptions("LLVM-exception", "llvm exception", "llvm exceptions");
        exceptions("Font-exception-2.0", "font exception");
        exceptions("GCC-exception-3.1", "gcc exception", "gcc runtime library exception", "gcc runtime exception");
        exceptions("Bison-exception-2.2", "bison exception");
    }

    private LicenseNames() {}

    /** What a name means, or null when it is none. */
    static @Nullable Meaning named(String text) {
        if (text.length() > MAX_NAME) {
            return null;
        }
        String name = text.startsWith("License ::")
                ? text.substring(text.lastIndexOf("::") + 2).strip()
                : text;
        String lower = CLASSPATH.matcher(name.toLowerCase(Locale.ROOT)).replaceAll(" ce");
        if (lower.startsWith("http://") || lower.startsWith("https://")) {
            return at(lower);
        }
        Meaning known = plain(simplified(lower)); // "BSD (2 clause)" is more than "BSD"
        if (known == null) {
            known = plain(simplified(ABBREVIATION.matcher(lower).replaceAll(" ")));
        }
        if (known == null && name.endsWith(")") && name.lastIndexOf('(') > 0) {
            Meaning inside = Declaration.simple(name.substring(name.lastIndexOf('(') + 1, name.length() - 1));
            known = inside == null ? null : inside.named();
        }
        return known;
    }

    /** What a text means that may name several licences, or one among other words. */
    static Meaning loose(String text) {
        if (text.length() <= License.MAX_LENGTH) {
            String lower = PHRASE.matcher(
                            BEFORE_NUMBER.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" "))
                    .replaceAll("+");
            List<String> pieces = Arrays.stream(SEPARATOR.split(lower, MAX_PIECES))
                    .map(String::strip)
                    .filter(piece -> !piece.isEmpty())
                    .toList();
            if (pieces.size() > 1 && pieces.size() < MAX_PIECES && !lower.startsWith("http")) {
                Meaning meaning =
                        several(lower, pieces.stream().map(LicenseNames::piece).toList());
                if (meaning.isRecognised()) {
                    return meaning;
                }
            }
        }
        return mentioned(text);
    }

    private static Meaning several(String text, List<Meaning> pieces) {
        Set<String> separators = new HashSet<>();
        SEPARATOR
                .matcher(text)
                .results()
                .forEach(found -> separators.add(found.group().strip()));
        if (separators.equals(Set.of("or"))) {
            return Meaning.choice(pieces);
        }
        return separators.equals(Set.of("and")) ? Meaning.together(pieces) : Meaning.unsure(pieces);
    }

    private static Meaning piece(String piece) {
        Meaning spdx = Declaration.simple(piece);
        if (spdx != null) {
            return spdx.named();
        }
        Meaning known = named(piece);
        return known != null ? known : mentioned(piece);
    }

    /** Licences that forbid much are told wherever a text mentions them; with them, nobody knows what else it says. */
    static Meaning mentioned(String text) {
        String plain = simplified(text.toLowerCase(Locale.ROOT));
        Set<String> found = new LinkedHashSet<>();
        Matcher gnu = GNU.matcher(plain);
        while (gnu.find()) {
            if (!gnu.group("kind").equals("lesser")
                    && !plain.startsWith(" compatible", gnu.end())
                    && !DENIAL.matcher(plain.substring(0, gnu.start())).find()) {
                gnu(gnu).alternatives().forEach(found::addAll);
            }
        }
        Matcher others = OTHERS.matcher(plain);
        while (others.find()) {
            found.add(others.group().startsWith("s") ? "SSPL-1.0" : "BUSL-1.1");
        }
        if (found.isEmpty()) {
            return Meaning.UNRECOGNISED;
        }
        found.add(License.NOASSERTION);
        return Meaning.anyOf(new ArrayList<>(found));
    }

    private static @Nullable Meaning plain(String name) {
        Meaning known = NAMES.get(name);
        if (known != null) {
            return known;
        }
        Matcher gnu = GNU.matcher(name);
        if (gnu.matches()) {
            return gnu(gnu);
        }
        Matcher with = WITH.matcher(name);
        if (!with.find() || with.start() == 0) {
            return null;
        }
        String rest = name.substring(with.end());
        Meaning base = plain(name.substring(0, with.start()));
        if (base == null || (!rest.contains("exception") && !EXCEPTIONS.containsKey(rest))) {
            return null;
        }
        String exception = EXCEPTIONS.get(rest);
        if (exception == null) {
            return Meaning.unsure(List.of(base, Meaning.UNRECOGNISED));
        }
        String expression = base.expression();
        List<List<String>> alternatives = base.alternatives().stream()
                .map(entries -> entries.stream()
                        .map(entry -> Declaration.with(entry, exception))
                        .toList())
                .toList();
        boolean single = expression != null && !expression.contains(" ");
        return new Meaning(single ? expression + " WITH " + exception : null, alternatives, false, false);
    }

    /** GNU's licences: without a number, any version may be meant. */
    private static Meaning gnu(Matcher gnu) {
        String kind = gnu.group("kind");
        String whole = gnu.group();
        String family = whole.contains("affero") || whole.contains("agpl")
                ? "AGPL"
                : kind.startsWith("l") || whole.contains("lgpl") ? "LGPL" : "GPL";
        boolean later = gnu.group("later") != null;
        String number = gnu.group("number");
        String version = number == null ? "" : number.contains(".") ? number : number + ".0";
        List<String> versions = VERSIONS.getOrDefault(family, List.of());
        if (versions.contains(version)) {
            return spdx(family + "-" + version + (later ? "-or-later" : "-only"));
        }
        List<String> candidates = new ArrayList<>();
        for (String each : versions) {
            if (!later) {
                candidates.add(family + "-" + each + "-only");
            }
            candidates.add(family + "-" + each + "-or-later");
        }
        return Meaning.anyOf(candidates);
    }

    private static @Nullable Meaning at(String address) {
        Meaning known = ADDRESSES.get(SpdxList.plain(address));
        if (known != null) {
            return known;
        }
        List<String> ids = SpdxList.at(address);
        return ids.isEmpty() ? null : ids.size() == 1 ? spdx(ids.getFirst()) : Meaning.anyOf(ids);
    }

    /** Without what tells no licences apart: punctuation, filler words, the v of versions, trailing zeros. */
    static String simplified(String text) {
        String plain = text.toLowerCase(Locale.ROOT);
        plain = AT_LEAST.matcher(plain).replaceAll("$1 or later ");
        plain = plain.replace("licence", "license").replace("+", " or later ");
        plain = PUNCTUATION.matcher(plain).replaceAll(" ").strip();
        plain = V_NUMBER.matcher(plain).replaceAll("$1");
        plain = GLUED.matcher(plain).replaceAll("$1 $2");
        plain = FILLERS.matcher(plain).replaceAll(" ");
        plain = POINT_ZERO.matcher(plain).replaceAll("$1");
        return plain.replaceAll(" \\.|\\. ", " ")
                .replaceAll(" +", " ")
                .replaceAll("[. ]+$", "")
                .strip();
    }

    /** The meaning of an expression that is written in the tables. */
    private static Meaning spdx(String expression) {
        Meaning meaning = Meaning.choice(Parts.of(expression, "OR").stream()
                .map(part -> Objects.requireNonNull(Declaration.simple(part), part))
                .toList());
        return meaning.named();
    }

    private static void table(String resource, Map<String, Meaning> into, UnaryOperator<String> key) {
        SpdxList.lines(resource, line -> {
            int colon = line.indexOf(" : ");
            String left = line.substring(0, colon).strip();
            Meaning meaning = left.equals("PROPRIETARY")
                    ? Meaning.CLOSED
                    : left.contains(",") ? Meaning.anyOf(List.of(left.split(", "))) : spdx(left);
            for (String name : line.substring(colon + 3).split("\\|")) {
                into.put(key.apply(name.strip()), meaning);
            }
        });
    }

    private static void exceptions(String id, String... names) {
        for (String name : names) {
            EXCEPTIONS.put(name, Objects.requireNonNull(SpdxList.exception(id)));
        }
    }
}
