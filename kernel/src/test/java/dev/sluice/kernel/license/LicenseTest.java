package dev.sluice.kernel.license;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.license.License.Match;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What packages declare, and what it means. */
class LicenseTest {

    private static final Map<String, String> SHORT = Map.of(
            "G", "GPL-1.0-only + GPL-1.0-or-later + GPL-2.0-only + GPL-2.0-or-later + GPL-3.0-only + GPL-3.0-or-later",
            "L",
                    "LGPL-2.0-only + LGPL-2.0-or-later + LGPL-2.1-only + LGPL-2.1-or-later + LGPL-3.0-only + LGPL-3.0-or-later",
            "A", "AGPL-1.0-only + AGPL-1.0-or-later + AGPL-3.0-only + AGPL-3.0-or-later",
            "B", "BSD-2-Clause + BSD-3-Clause + BSD-4-Clause",
            "?", License.NOASSERTION);

    static List<String> declarations() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(LicenseTest.class.getResourceAsStream("declarations.txt")),
                StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("declarations")
    void a_declaration_is_understood(String line) {
        String declared = line.substring(0, line.indexOf(" => "));
        String[] expected = line.substring(line.indexOf(" => ") + 4).split(", ", 3);
        License license = License.of(declared);
        assertThat(license.match()).isEqualTo(Match.valueOf(expected[0]));
        assertThat(license.expression()).isEqualTo(expected[1].equals("-") ? "" : expected[1]);
        assertThat(license.alternatives().stream()
                        .map(entries -> String.join(" + ", entries))
                        .collect(Collectors.joining(" | ")))
                .isEqualTo(Arrays.stream(expected[2].split(" "))
                        .map(word -> SHORT.getOrDefault(word, word))
                        .collect(Collectors.joining(" ")));
        assertThat(license.declared()).isEqualTo(declared);
    }

    @Test
    void nothing_declared_is_no_licence() {
        License none = License.of("  ");
        assertThat(none.match()).isEqualTo(Match.NONE);
        assertThat(none.expression()).isEmpty();
        assertThat(none.alternatives()).containsExactly(List.of(License.NONE));
    }

    @Test
    void every_identifier_of_the_list_is_itself_whatever_its_case() {
        assertThat(SpdxList.licenses()).hasSizeGreaterThan(700);
        for (SpdxList.Entry entry : SpdxList.licenses()) {
            assertThat(License.of(entry.id()).expression()).isEqualTo(entry.id());
            assertThat(License.of(entry.id().toUpperCase(java.util.Locale.ROOT)).expression())
                    .isEqualTo(entry.id());
            assertThat(License.of(entry.id()).match()).isEqualTo(Match.EXACT);
            assertThat(License.of(entry.id()).fullName()).isEqualTo(entry.name());
        }
    }

    @Test
    void every_name_of_the_list_means_its_licence_or_tells_no_other_for_sure() {
        for (SpdxList.Entry entry : SpdxList.licenses()) {
            License named = License.of(entry.name());
            if (!entry.deprecated() && !named.expression().isEmpty()) {
                assertThat(SpdxList.license(named.expression().split(" ", 2)[0]))
                        .as(entry.name())
                        .isNotNull();
            }
        }
        assertThat(License.of("Academic Free License v2.1").expression()).isEqualTo("AFL-2.1");
    }

    @Property(tries = 2_000)
    void only_valid_expressions_are_told_and_they_mean_themselves(@ForAll("texts") String text) {
        License license = License.of(text);
        if (license.expression().isEmpty()) {
            assertThat(license.match()).isNotEqualTo(Match.EXACT);
        } else {
            License again = License.of(license.expression());
            assertThat(again.expression()).isEqualTo(license.expression());
            assertThat(again.match()).isEqualTo(Match.EXACT);
            assertThat(again.alternatives()).isEqualTo(license.alternatives());
        }
        assertThat(license.alternatives()).isNotEmpty().allMatch(entries -> !entries.isEmpty());
        assertThat(license.alternatives()).hasSizeLessThanOrEqualTo(64);
    }

    @Property(tries = 1_000)
    void whatever_names_a_gpl_is_told_to_be_one_somewhere(
            @ForAll("gnu") String name, @ForAll("beside") String before, @ForAll("beside") String after) {
        License license = License.of(before + name + after);
        assertThat(license.alternatives().stream().flatMap(List::stream)).anyMatch(entry -> entry.contains("GPL-"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            Permission is hereby granted, free of charge, to any person obtaining a copy of this software                  | MIT
            Redistribution and use in source and binary forms are permitted. Neither the name of it may be used            | BSD-3-Clause
            Licensed under the Apache License, Version 2.0 (the "License"), you may not use this file except in compliance | Apache-2.0
            """)
    void a_sentence_that_tells_a_licence_hides_no_other_that_the_text_mentions(String sentence, String id) {
        assertThat(License.of(sentence).expression()).isEqualTo(id);
        for (String other : List.of("AGPL-3.0", "SSPL", "GNU General Public License, version 3", "BUSL 1.1")) {
            for (String text : List.of(
                    "Licensed under " + other + ". Portions: " + sentence,
                    sentence + ". Parts of it are under " + other)) {
                License license = License.of(text);
                assertThat(license.expression()).as(text).isEmpty();
                assertThat(license.alternatives()).as(text).hasSize(1);
                assertThat(license.alternatives().getFirst())
                        .as(text)
                        .contains(id)
                        .anyMatch(entry ->
                                entry.contains("GPL-3.0") || entry.startsWith("SSPL") || entry.startsWith("BUSL"));
            }
        }
    }

    @Test
    void of_several_texts_in_one_none_is_preferred() {
        String mit = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software.";
        String apache = "Licensed under the Apache License, Version 2.0 (the \"License\").";
        String bsd =
                "Redistribution and use in source and binary forms are permitted. Neither the name of it may be used.";
        for (String text : List.of(mit + " " + apache, apache + " " + mit)) {
            assertThat(License.of(text).expression()).as(text).isEmpty();
            assertThat(License.of(text).alternatives()).as(text).hasSize(1);
            assertThat(License.of(text).alternatives().getFirst())
                    .as(text)
                    .containsExactlyInAnyOrder("MIT", "Apache-2.0");
        }
        assertThat(License.of(mit + bsd).alternatives().getFirst()).containsExactlyInAnyOrder("MIT", "BSD-3-Clause");
        String isc =
                "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is"
                        + " hereby granted, provided that the above copyright notice appears in all copies.";
        assertThat(License.of(isc).expression()).isEqualTo("ISC");
        assertThat(License.of(mit + " " + mit).expression()).isEqualTo("MIT");
    }

    @Test
    void long_texts_and_deep_nesting_are_bounded() {
        assertThat(License.of("x".repeat(1_000_000)).declared()).hasSize(License.MAX_LENGTH);
        assertThat(License.of("(".repeat(900) + "MIT" + ")".repeat(900)).alternatives())
                .isNotEmpty();
        String choices = "(MIT OR ISC OR GPL-3.0-only)";
        License many = License.of(String.join(" AND ", java.util.Collections.nCopies(20, choices)));
        assertThat(many.alternatives()).hasSizeLessThanOrEqualTo(64);
        assertThat(many.alternatives().getFirst()).contains("GPL-3.0-only");
    }

    @Test
    void of_three_places_the_expression_is_final_and_names_come_before_text() {
        List<String> mit = List.of("Programming Language :: Python", "License :: OSI Approved :: MIT License");
        List<String> bsd = List.of("License :: OSI Approved :: BSD License");
        List<String> gpl = List.of("License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)");
        List<String> two =
                List.of("License :: OSI Approved :: BSD License", "License :: OSI Approved :: Apache Software License");
        assertThat(License.weighed("ISC", gpl, "MIT")).isEqualTo("ISC");
        assertThat(License.weighed("", gpl, "GPL")).isEqualTo("GNU General Public License v2 or later (GPLv2+)");
        assertThat(License.weighed("", bsd, "BSD-3-Clause")).isEqualTo("BSD-3-Clause");
        assertThat(License.weighed("", mit, "Dual License")).isEqualTo("MIT License");
        assertThat(License.weighed("", List.of(), "Dual License")).isEqualTo("Dual License");
        assertThat(License.weighed("", List.of("License :: OSI Approved"), "UNKNOWN"))
                .isEmpty();
        assertThat(License.weighed("", two, "Dual License")).isEqualTo("BSD License; Apache Software License");
        assertThat(License.weighed("", two, "Apache-2.0 OR BSD-3-Clause")).isEqualTo("Apache-2.0 OR BSD-3-Clause");
        assertThat(License.weighed("", two, "Apache-2.0")).isEqualTo("BSD License; Apache Software License");
        assertThat(License.weighed("", mit, "AGPL-3.0-only")).isEqualTo("MIT License; AGPL-3.0-only");
    }

    @Test
    void an_address_tells_what_a_name_leaves_open() {
        assertThat(License.named("MIT", "https://www.gnu.org/licenses/gpl-3.0.html"))
                .isEqualTo("MIT");
        assertThat(License.named("BSD", "https://opensource.org/licenses/BSD-3-Clause"))
                .isEqualTo("https://opensource.org/licenses/BSD-3-Clause");
        assertThat(License.named("The License", "http://www.apache.org/licenses/LICENSE-2.0.txt"))
                .isEqualTo("http://www.apache.org/licenses/LICENSE-2.0.txt");
        assertThat(License.named("GPL", "https://example.org/ours")).isEqualTo("GPL");
        assertThat(License.named("Ours", "https://example.org/ours")).isEqualTo("Ours");
        assertThat(License.named("", "https://example.org/ours")).isEqualTo("https://example.org/ours");
        assertThat(License.named("", "")).isEmpty();
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> word = Arbitraries.of(
                "MIT",
                "GPL",
                "GPLv2",
                "Apache-2.0",
                "apache",
                "BSD",
                "AND",
                "OR",
                "WITH",
                "or",
                "and",
                "later",
                "(",
                ")",
                "+",
                ",",
                "/",
                ";",
                "LGPL-2.1+",
                "Classpath-exception-2.0",
                "LicenseRef-a",
                "Version 2.0",
                "License",
                "the",
                "Mine",
                "http://gnu.org",
                "GPL-2.0-with-classpath-exception",
                "with",
                "exception",
                "MPL 1.1",
                "::",
                "3",
                "any",
                "NOASSERTION",
                "NONE");
        return Arbitraries.oneOf(
                word.list().ofMaxSize(12).map(words -> String.join(" ", words)),
                word.list().ofMaxSize(8).map(words -> String.join("", words)),
                Arbitraries.strings().ofMaxLength(80));
    }

    @Provide
    Arbitrary<String> gnu() {
        return Combinators.combine(
                        Arbitraries.of(
                                "GPL",
                                "GNU GPL",
                                "GNU General Public License",
                                "LGPL",
                                "GNU Lesser General Public License",
                                "AGPL",
                                "Affero GPL"),
                        Arbitraries.of("", " 2", " v3", "v2", ", version 2", " 3.0", "-2.0", " (GPL)"),
                        Arbitraries.of("", "+", " or later", " or any later version", " or newer", " only"))
                .as((name, version, later) -> name + version + later);
    }

    @Provide
    Arbitrary<String> beside() {
        return Arbitraries.of(
                "",
                " ",
                " and MIT ",
                " or MIT ",
                " / ",
                ", ",
                " (see COPYING) ",
                " with exceptions ",
                "; ",
                " OR MIT ");
    }
}
