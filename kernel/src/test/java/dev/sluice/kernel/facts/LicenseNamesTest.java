package dev.sluice.kernel.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LicenseNamesTest {

    private static final Map<String, List<String>> SPELLINGS = Map.ofEntries(
            Map.entry(
                    "MIT",
                    List.of(
                            "MIT",
                            "mit",
                            "MIT License",
                            "The MIT License (MIT)",
                            "The MIT License",
                            "License :: OSI Approved :: MIT License",
                            "MIT license.",
                            "Expat")),
            Map.entry(
                    "Apache-2.0",
                    List.of(
                            "Apache-2.0",
                            "apache-2.0",
                            "Apache License, Version 2.0",
                            "The Apache Software License, Version 2.0",
                            "Apache License 2.0",
                            "Apache 2",
                            "Apache License v2.0",
                            "ASL 2.0",
                            "Apache Software License",
                            "Apache Software License - Version 2.0",
                            "Apache2.0")),
            Map.entry(
                    "BSD-3-Clause",
                    List.of(
                            "BSD 3-Clause",
                            "BSD 3-Clause License",
                            "3-Clause BSD License",
                            "New BSD License",
                            "Eclipse Distribution License - v 1.0",
                            "EDL 1.0",
                            "BSD-3-Clause",
                            "The BSD 3-Clause License")),
            Map.entry("BSD-2-Clause", List.of("BSD 2-Clause License", "Simplified BSD", "2-clause BSD licence")),
            Map.entry(
                    "GPL-3.0-or-later",
                    List.of(
                            "GNU General Public License v3 or later (GPLv3+)",
                            "GPLv3+",
                            "GPL v3 or later",
                            "GPL-3.0-or-later",
                            "GNU GPL v3+")),
            Map.entry(
                    "GPL-2.0-only",
                    List.of("GNU General Public License v2 (GPLv2)", "GPLv2", "GNU General Public License, version 2")),
            Map.entry(
                    "LGPL-2.1-only",
                    List.of("GNU Lesser General Public License, Version 2.1", "LGPL 2.1", "LGPL, version 2.1")),
            Map.entry("LGPL-3.0-or-later", List.of("GNU Lesser General Public License v3 or later (LGPLv3+)")),
            Map.entry("AGPL-3.0-only", List.of("GNU Affero General Public License v3", "AGPLv3")),
            Map.entry(
                    "MPL-2.0", List.of("Mozilla Public License 2.0 (MPL 2.0)", "Mozilla Public License, Version 2.0")),
            Map.entry("EPL-2.0", List.of("Eclipse Public License v2.0", "EPL 2.0", "Eclipse Public License - v 2.0")),
            Map.entry("ISC", List.of("ISC License (ISCL)", "isc")),
            Map.entry("PSF-2.0", List.of("Python Software Foundation License")),
            Map.entry("Unlicense", List.of("The Unlicense (Unlicense)", "Unlicense")),
            Map.entry("CC0-1.0", List.of("CC0", "CC0 1.0 Universal", "Public Domain, per Creative Commons CC0")),
            Map.entry("GPL-2.0-only WITH Classpath-exception-2.0", List.of("GPL2 w/ CPE")));

    @Test
    void knows_the_common_spellings() {
        SPELLINGS.forEach((identifier, spellings) -> spellings.forEach(spelling ->
                assertThat(LicenseNames.normalise(spelling)).as(spelling).isEqualTo(identifier)));
    }

    @Test
    void every_result_is_a_fixed_point() {
        SPELLINGS
                .keySet()
                .forEach(identifier ->
                        assertThat(LicenseNames.normalise(identifier)).isEqualTo(identifier));
    }

    @Test
    void keeps_and_normalises_expressions() {
        Map.of(
                        "MIT OR Apache-2.0", "MIT OR Apache-2.0",
                        "(MIT OR Apache-2.0)", "(MIT OR Apache-2.0)",
                        "(mit OR (BSD-3-Clause AND isc))", "(MIT OR (BSD-3-Clause AND ISC))",
                        "Apache License, Version 2.0 OR Eclipse Public License - v 2.0", "Apache-2.0 OR EPL-2.0",
                        "EPL 2.0 OR GPL2 w/ CPE", "EPL-2.0 OR GPL-2.0-only WITH Classpath-exception-2.0",
                        "The MIT License (MIT) OR ISC License (ISCL)", "MIT OR ISC",
                        "Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception",
                        "Apache-2.0 WITH LLVM-exception OR MIT", "Apache-2.0 WITH LLVM-exception OR MIT")
                .forEach((declared, expected) -> assertThat(LicenseNames.normalise(declared))
                        .as(declared)
                        .isEqualTo(expected));
    }

    @Test
    void leaves_what_it_does_not_know() {
        for (String text : List.of(
                "",
                "Proprietary",
                "BSD",
                "GPL",
                "SEE LICENSE IN LICENSE.md",
                "UNLICENSED",
                "MIT OR Mine",
                "LicenseRef-ours",
                ")) OR ((",
                "x".repeat(600),
                "( OR )",
                "Public Domain")) {
            assertThat(LicenseNames.normalise(text)).isEqualTo(text);
        }
        assertThat(LicenseNames.normalise("  Mine ")).isEqualTo("Mine");
    }
}
