package dev.sluice.kernel.license;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whole texts of licences, told by their titles and first sentences: packages put them where a name belongs. */
final class LicenseTexts {

    private static final Pattern NOT_WORDS = Pattern.compile("[^a-z0-9.]+");

    /**
     * A sentence of one licence.
     *
     * @param licenses what the text is: one licence, or those that it may be
     * @param words that it begins with or contains, lower case, without punctuation
     * @param title whether it stands near the beginning
     */
    private record Sign(List<String> licenses, String words, boolean title) {}

    private static final int TITLE_WITHIN = 150;

    /** Shorter texts may be a list of names: they are a licence's text only when what follows the title shows it. */
    private static final int SURE = 250;

    private static final int LONGEST_NAME = 150;
    private static final int SHORTEST = 60;

    private static final Pattern GOES_ON = Pattern.compile(
            " ?.{0,8}\\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
                    + "|[12][0-9]{3}|copyright|preamble|accompanying)\\b.*");

    private static final List<Sign> SIGNS = List.of(
            title("gnu affero general public license version 3", "AGPL-3.0-only", "AGPL-3.0-or-later"),
            title("gnu lesser general public license version 3", "LGPL-3.0-only", "LGPL-3.0-or-later"),
            title("gnu lesser general public license version 2.1", "LGPL-2.1-only", "LGPL-2.1-or-later"),
            title("gnu library general public license version 2", "LGPL-2.0-only", "LGPL-2.0-or-later"),
            title("gnu general public license version 3", "GPL-3.0-only", "GPL-3.0-or-later"),
            title("gnu general public license version 2", "GPL-2.0-only", "GPL-2.0-or-later"),
            title("gnu general public license version 1", "GPL-1.0-only", "GPL-1.0-or-later"),
            title("apache license version 2.0", "Apache-2.0"),
            title("mozilla public license version 2.0", "MPL-2.0"),
            title("mozilla public license version 1.1", "MPL-1.1"),
            title("eclipse public license v 2.0", "EPL-2.0"),
            title("eclipse public license v 1.0", "EPL-1.0"),
            title("boost software license version 1.0", "BSL-1.0"),
            title("server side public license version 1", "SSPL-1.0"),
            title("business source license 1.1", "BUSL-1.1"),
            title("do what the fuck you want to public license", "WTFPL"),
            title("this is free and unencumbered software released into the public domain", "Unlicense"),
            title("cc0 1.0 universal", "CC0-1.0"),
            title("psf license agreement", "PSF-2.0"),
            title("python software foundation license version 2", "PSF-2.0"),
            anywhere("permission is hereby granted free of charge to any person obtaining a copy", "MIT"),
            anywhere("licensed under the apache license version 2.0", "Apache-2.0"),
            anywhere("under the terms of the gnu affero general public license", "AGPL-3.0-only", "AGPL-3.0-or-later"),
            anywhere(
                    "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby"
                            + " granted provided",
                    "ISC"),
            anywhere(
                    "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby"
                            + " granted",
                    "0BSD"));

    private static final String BSD = "redistribution and use in source and binary forms";

    private LicenseTexts() {}

    /** What licence the text is, or null when it is none that is known; of several, nobody knows how they belong together. */
    static @Nullable Meaning read(String text) {
        if (text.length() < SHORTEST || isList(text)) {
            return null;
        }
        String lower =
                NOT_WORDS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ").replace(". ", " ");
        List<Meaning> told = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (Sign sign : SIGNS) {
            int at = lower.indexOf(sign.words());
            boolean counts = at >= 0
                    && (sign.title()
                            ? found.isEmpty()
                                    && isTitle(
                                            text, lower, at, at + sign.words().length())
                            : found.stream().noneMatch(words -> words.startsWith(sign.words())));
            if (counts) {
                found.add(sign.words());
                add(told, sign.title() ? meaning(sign.licenses()) : beside(meaning(sign.licenses()), text));
            }
        }
        if (lower.contains(BSD)) {
            add(told, beside(bsd(lower), text));
        }
        return told.isEmpty() ? null : told.size() == 1 ? told.getFirst() : Meaning.unsure(told);
    }

    /** Adds what says something new. */
    private static void add(List<Meaning> told, Meaning more) {
        if (told.stream().noneMatch(each -> families(each).containsAll(families(more)))) {
            told.add(more);
        }
    }

    /** A sentence may stand for a part of the whole only: what else the text mentions that forbids much counts as well. */
    private static Meaning beside(Meaning told, String text) {
        Meaning mentioned = LicenseNames.mentioned(text);
        Set<String> families = families(told);
        boolean others = mentioned.isRecognised() && !families.containsAll(families(mentioned));
        return others ? Meaning.unsure(List.of(told, mentioned)) : told;
    }

    /** Licences without their versions: a sentence that tells one of GNU's may leave its version to the words around it. */
    private static Set<String> families(Meaning meaning) {
        return meaning.alternatives().stream()
                .flatMap(List::stream)
                .filter(entry -> !entry.equals(License.NOASSERTION))
                .map(entry -> entry.contains("GPL-") ? entry.substring(0, entry.indexOf('-')) : entry)
                .collect(Collectors.toSet());
    }

    /** Names with OR or semicolons between, as {@link License#choice} and {@link License#weighed} write them. */
    private static boolean isList(String text) {
        List<String> parts = Parts.of(text.replace(";", " OR "), "OR");
        return parts.size() > 1 && parts.stream().allMatch(part -> part.length() < LONGEST_NAME);
    }

    private static boolean isTitle(String text, String lower, int from, int to) {
        return text.length() > SURE
                ? from < TITLE_WITHIN
                : from < 5 && GOES_ON.matcher(lower.substring(to)).matches();
    }

    private static Meaning bsd(String lower) {
        if (lower.contains("all advertising materials")) {
            return meaning(List.of("BSD-4-Clause"));
        }
        if (lower.contains("neither the name") || lower.contains("may not be used to endorse")) {
            return meaning(List.of("BSD-3-Clause"));
        }
        // its disclaimer comes last: without it, the rest may have been cut off
        boolean whole = lower.contains("in no event shall");
        return meaning(whole ? List.of("BSD-2-Clause") : List.of("BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause"));
    }

    private static Meaning meaning(List<String> ids) {
        if (ids.size() > 1) {
            return Meaning.anyOf(ids);
        }
        Meaning single = Declaration.simple(ids.getFirst());
        return single == null ? Meaning.UNRECOGNISED : single.named();
    }

    private static Sign title(String words, String... licenses) {
        return new Sign(List.of(licenses), words, true);
    }

    private static Sign anywhere(String words, String... licenses) {
        return new Sign(List.of(licenses), words, false);
    }
}
