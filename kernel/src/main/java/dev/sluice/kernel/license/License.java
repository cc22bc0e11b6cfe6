package dev.sluice.kernel.license;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a package declares about its licence, and what that means in terms of the SPDX licence list.
 *
 * <p>A declaration is an SPDX expression only where it is one, or where a table of names knows for sure which licence is meant.
 * What is not told for sure is not guessed: the expression is empty then, and the alternatives tell what may be meant.
 *
 * @param declared as the package says, in one line
 * @param expression a valid SPDX expression, identifiers as the list spells them; empty where none can be told
 * @param alternatives the licences between which whoever uses the package may choose; of each alternative, every entry counts.
 *     An entry is an SPDX identifier of today ("GPL-2.0-or-later" for "GPL-2.0+"), perhaps {@code WITH} an exception, a
 *     {@code LicenseRef-}, {@value #NOASSERTION} for words that name no known licence, or {@value #NONE} where none is declared.
 *     Where it is not sure which licence is meant ("GPL"), one alternative lists all that may be
 * @param match how the declaration was understood
 */
public record License(String declared, String expression, List<List<String>> alternatives, Match match) {

    /** Words that name no known licence (SPDX specification 2.3, clause 8.15). */
    public static final String NOASSERTION = "NOASSERTION";

    /** No licence is declared (SPDX specification 2.3, clause 8.15). */
    public static final String NONE = "NONE";

    /** Most characters of a declaration that are kept; what is longer is the text of a licence, told by its beginning. */
    public static final int MAX_LENGTH = 2_000;

    private static final int MAX_NAMES = 50;
    private static final String TROVE = "License ::";

    /** How a declaration was understood. */
    public enum Match {
        /** It is an SPDX expression. */
        EXACT,
        /** It names licences in other words, all or some of which are known. */
        NAMED,
        /** It reserves all rights. */
        PROPRIETARY,
        /** It names no licence that is known. */
        UNRECOGNISED,
        /** Nothing is declared. */
        NONE
    }

    /** Copies the lists. */
    public License {
        alternatives = alternatives.stream().map(List::copyOf).toList();
    }

    /** Understands a declaration. Texts of any length are taken; see {@link #MAX_LENGTH}. */
    public static License of(String declared) {
        String text = line(declared);
        if (text.isEmpty()) {
            return new License(text, "", List.of(List.of(NONE)), Match.NONE);
        }
        Meaning meaning = Declaration.read(text);
        Match match = meaning.exact()
                ? Match.EXACT
                : meaning.isRecognised() ? Match.NAMED : meaning.closed() ? Match.PROPRIETARY : Match.UNRECOGNISED;
        String expression = meaning.expression();
        return new License(text, expression == null ? "" : expression, meaning.alternatives(), match);
    }

    /** A text in one line of at most {@link #MAX_LENGTH} characters. */
    public static String line(String text) {
        String cut = text.length() <= 2 * MAX_LENGTH ? text : text.substring(0, 2 * MAX_LENGTH);
        String line = cut.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_LENGTH
                ? line
                : line.substring(0, MAX_LENGTH).strip();
    }

    /** The licence of the list that the expression consists of, or null when it is composed or empty. */
    SpdxList.@Nullable Entry entry() {
        return expression.isEmpty() ? null : SpdxList.license(expression);
    }

    /** The name of the licence, where the declaration is a single one of the list; else the expression. */
    public String fullName() {
        SpdxList.Entry entry = entry();
        return entry == null ? expression : entry.name();
    }

    /** Whether the Open Source Initiative approved it; null where it is not a single licence of the list. */
    public @Nullable Boolean isApproved() {
        SpdxList.Entry entry = entry();
        return entry == null ? null : entry.approved();
    }

    /** Whether the list has another identifier for it by now; null where it is not a single licence of the list. */
    public @Nullable Boolean isDeprecated() {
        SpdxList.Entry entry = entry();
        return entry == null ? null : entry.deprecated();
    }

    /** Whether any part of it is a licence that is known. */
    public boolean isRecognised() {
        return match == Match.EXACT || match == Match.NAMED;
    }

    /**
     * The declaration of a package that may say it in three places (PEP 639 for Python): an expression, which is final; names of a
     * fixed list, of which nobody says whether they are a choice, so that all count; free text, which counts where it tells the
     * names apart, or where there is none, or where it contradicts them.
     *
     * @param expression an SPDX expression, or empty
     * @param names for example trove classifiers; those that are not about licences are passed over
     * @param text free text, perhaps the whole text of a licence, or empty
     */
    public static String weighed(String expression, List<String> names, String text) {
        if (!expression.isBlank()) {
            return line(expression);
        }
        Set<String> named = new LinkedHashSet<>();
        for (String name : names) {
            if (name.startsWith(TROVE) && named.size() < MAX_NAMES) {
                String last = line(name.substring(name.lastIndexOf("::") + 2));
                if (!last.equals("OSI Approved") && !last.isEmpty()) {
                    named.add(last);
                }
            }
        }
        String free = line(text).equals("UNKNOWN") ? "" : line(text);
        String joined = line(String.join("; ", named));
        if (joined.isEmpty() || free.isEmpty()) {
            return joined.isEmpty() ? free : joined;
        }
        License byText = of(free);
        License byNames = of(joined);
        if (!byText.isRecognised() || !byNames.isRecognised()) {
            return byNames.isRecognised() || !byText.isRecognised() ? joined : free;
        }
        if (byNames.entries().containsAll(byText.entries())) {
            boolean tellsAll = named.stream().allMatch(name -> of(name).mayBeOneOf(byText.entries()));
            return tellsAll ? free : joined;
        }
        return byText.entries().containsAll(byNames.entries()) ? joined : line(joined + "; " + free);
    }

    /**
     * The declaration of a package that gives a name and the address of the licence's text: the name, but the address where it tells
     * what the name leaves open.
     */
    public static String named(String name, String address) {
        License byName = of(name);
        License byAddress = of(address);
        boolean tells = byAddress.isRecognised()
                && (!byName.isRecognised()
                        || (byName.expression().isEmpty()
                                && byName.entries().size() > byAddress.entries().size()
                                && byName.entries().containsAll(byAddress.entries())));
        return tells || byName.declared().isEmpty() ? byAddress.declared() : byName.declared();
    }

    /** Several declarations of which whoever uses the package may choose one. */
    public static String choice(List<String> declarations) {
        List<String> choices = new ArrayList<>(new LinkedHashSet<>(declarations.stream()
                .map(License::line)
                .filter(line -> !line.isEmpty())
                .toList()));
        return line(String.join(" OR ", choices));
    }

    /**
     * Whether two declarations may well mean the same: in other words, in another case, alternatives in another order, or where one
     * does not tell for sure which licence is meant. Who declares nothing contradicts nobody.
     */
    public boolean agreesWith(License other) {
        if (match == Match.NONE || other.match == Match.NONE || declared.equalsIgnoreCase(other.declared)) {
            return true;
        }
        if (!isRecognised() || !other.isRecognised()) {
            return false;
        }
        boolean unsure = expression.isEmpty() || other.expression.isEmpty();
        return choices().equals(other.choices())
                || (unsure && entries().stream().anyMatch(other.entries()::contains));
    }

    private Set<Set<String>> choices() {
        Set<Set<String>> choices = new HashSet<>();
        alternatives.forEach(alternative -> choices.add(Set.copyOf(new HashSet<>(alternative))));
        return choices;
    }

    private Set<String> entries() {
        Set<String> entries = new HashSet<>();
        alternatives.forEach(entries::addAll);
        return entries;
    }

    private boolean mayBeOneOf(Set<String> entries) {
        return !isRecognised() || entries().stream().anyMatch(entries::contains);
    }
}
