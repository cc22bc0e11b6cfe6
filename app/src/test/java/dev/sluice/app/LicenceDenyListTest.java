package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.policies.PolicyFile;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The starter that denies licences, enforced, on what packages really say of themselves: read from their bytes by the gate. */
final class LicenceDenyListTest {

    private static final String UP = "https://registry.example/";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    mysql 8.0.11 | The GNU General Public License, v2 with FOSS exception                 | 403
                    mysql 8.4    | The GNU General Public License, v2 with Universal FOSS Exception, v1.0 | 403
                    jmh          | GNU General Public License (GPL), version 2, with the Classpath exception | 403
                    mongo        | Server Side Public License                                            | 403
                    itext 5      | GNU Affero General Public License v3                                  | 403
                    plain        | The Apache Software License, Version 2.0                              | 200
                    lesser       | GNU Lesser General Public License                                     | 200
                    unrecognised | Dual License                                                          | 200
                    mariadb      | https://www.gnu.org/licenses/old-licenses/gpl-2.0.html                | 403
                    """)
    void a_pom_with_one_licence(String what, String name, int status) throws IOException {
        assertThat(pom(license(name)).status()).isEqualTo(status);
    }

    @Test
    void a_pom_with_several_licences_leaves_the_choice() throws IOException {
        assertThat(pom(license("EPL 2.0") + license("GPL2 w/ CPE")).status()).isEqualTo(200);
        assertThat(pom(license("GPL-3.0") + license("Commercial")).status()).isEqualTo(403);
        assertThat(pom(license("GNU Affero General Public License") + license("GPL"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void python_metadata_of_packages_that_many_use() throws IOException {
        String osi = "Classifier: License :: OSI Approved :: ";
        String gplBare = osi + "GNU General Public License (GPL)\n";
        String unidecode = "License: GPL\nClassifier: Programming Language :: Python\n" + osi
                + "GNU General Public License v2 or later (GPLv2+)\n";
        String docutils = "License: public domain, Python, 2-Clause BSD, GPL 3 (see COPYING.txt)\n"
                + "Classifier: License :: Public Domain\n" + osi + "Python Software Foundation License\n" + osi
                + "BSD License\n" + gplBare;
        String mysql = "License: GNU GPLv2 (with FOSS License Exception)\n" + gplBare;
        String pymupdf = "License: Dual Licensed - GNU AFFERO GPL 3.0 or Artifex Commercial License\n";
        String pylint = "License: GPL-2.0-or-later\n" + osi + "GNU General Public License v2 (GPLv2)\n";
        String text = """
                License: GNU GENERAL PUBLIC LICENSE
                                       Version 3, 29 June 2007
                       \s
                         Copyright (C) 2007 Free Software Foundation, Inc.
                """;
        for (String refused : new String[] {
            unidecode,
            docutils,
            mysql,
            pymupdf,
            pylint,
            text,
            "License: GPL\n",
            "License: GPL v3\n",
            "License-Expression: GPL-3.0-or-later\n"
        }) {
            Response response = wheel(refused);
            assertThat(response.status()).as(refused).isEqualTo(403);
            assertThat(TestGate.text(response)).as(refused).contains("deny list");
        }
        String paramiko = "License: LGPL\n" + osi + "GNU Library or Lesser General Public License (LGPL)\n";
        String numpy = "License: Copyright (c) 2005-2023, NumPy Developers.\n        All rights reserved.\n        \n"
                + "        Redistribution and use in source and binary forms, with or without\n" + osi
                + "BSD License\n";
        String dateutil = "License: Dual License\n" + osi + "BSD License\n" + osi + "Apache Software License\n";
        for (String released : new String[] {
            paramiko,
            numpy,
            dateutil,
            "License: Apache-2.0 OR BSD-3-Clause\n",
            "License-Expression: MIT\n" + gplBare,
            "Name: x\n"
        }) {
            assertThat(wheel(released).status()).as(released).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "GPL-3.0"                                        | 403
                    "(MIT OR GPL-3.0-or-later)"                      | 200
                    "MIT AND AGPL-3.0"                               | 403
                    {"type": "GPLv2", "url": "x"}                    | 403
                    [{"type": "MIT"}, {"type": "GPL"}]               | 200
                    ["GPL", "AGPL"]                                  | 403
                    "BUSL-1.1"                                       | 403
                    "SEE LICENSE IN LICENSE.md"                      | 200
                    "UNLICENSED"                                     | 200
                    42                                               | 200
                    """)
    void a_package_json(String license, int status) throws IOException {
        String json = "{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":" + license + "}";
        byte[] tarball = Tarballs.tgz("package/package.json", json);
        TestGate gate = gate(new NpmFormat(), "npm");
        gate.upstreams()
                .has(
                        UP + "a",
                        "{\"name\":\"a\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":"
                                + json.substring(0, json.length() - 1) + ",\"dist\":{\"tarball\":\"" + UP
                                + "a/-/a-1.0.0.tgz\",\"shasum\":\""
                                + MemoryBlobStore.digest(Algorithm.SHA1, tarball)
                                        .hex() + "\"}}}}",
                        "content-type",
                        "application/json")
                .has(UP + "a/-/a-1.0.0.tgz", tarball);
        assertThat(gate.get("a/-/a-1.0.0.tgz").status()).isEqualTo(status);
    }

    @Test
    void a_deny_list_on_the_lesser_licence_stops_what_may_be_one() throws IOException {
        String lesser = "some alternative in input.v0.package.license.alternatives\n"
                + "  some entry in alternative\n  startswith(entry, \"LGPL-\")";
        for (String declared : new String[] {"LGPL", "LGPL-2.1", "LGPL with exceptions", "GNU LGPL"}) {
            TestGate gate = gate(new MavenFormat(), "maven");
            gate.withhold("Lesser", lesser);
            assertThat(pom(gate, license(declared)).status()).as(declared).isEqualTo(403);
        }
    }

    private static String license(String name) {
        return "<license><name>" + name + "</name></license>";
    }

    private static Response pom(String licenses) throws IOException {
        return pom(gate(new MavenFormat(), "maven"), licenses);
    }

    private static Response pom(TestGate gate, String licenses) throws IOException {
        byte[] pom = ("<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId>"
                        + "<version>1</version><licenses>" + licenses + "</licenses></project>")
                .getBytes(StandardCharsets.UTF_8);
        gate.upstreams()
                .has(UP + "g/a/1/a-1.pom", pom)
                .has(
                        UP + "g/a/1/a-1.pom.sha1",
                        MemoryBlobStore.digest(Algorithm.SHA1, pom).hex());
        return gate.get("g/a/1/a-1.pom");
    }

    private static Response wheel(String metadata) throws IOException {
        byte[] bytes = Tarballs.zip(
                "a-1.dist-info/METADATA",
                "Metadata-Version: 2.1\nName: a\nVersion: 1\n" + metadata + "\ndescription\n");
        String file = "a-1-py3-none-any.whl";
        TestGate gate = gate(new PypiFormat(new Pep440Order(), Withheld.DROP), "pypi");
        gate.upstreams()
                .has(
                        UP + "a/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"a\",\"versions\":[\"1\"],\"files\":[{\"filename\":\""
                                + file
                                + "\",\"url\":\"" + UP + file + "\",\"hashes\":{\"sha256\":\""
                                + MemoryBlobStore.digest(Algorithm.SHA256, bytes)
                                        .hex()
                                + "\"}}]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json")
                .has(UP + file, bytes);
        return gate.get("files/a/" + file);
    }

    private static TestGate gate(Format format, String id) {
        TestGate gate = new TestGate(format, new MemoryAdvisoryStore(), new ArtifactInspector(), GateSettings.STANDARD);
        gate.upstream(id, UP, Upstream.Trust.TRUSTED);
        Policy starter = PolicyFile.read(
                "licence-deny-list.rego",
                StarterPolicies.text("licence-deny-list.rego").replace("mode: audit", "mode: enforce"),
                null);
        assertThat(starter.mode()).isEqualTo(Policy.Mode.ENFORCE);
        try {
            gate.policies().create(starter, Event.Actor.SYSTEM);
        } catch (PolicyRejectedException e) {
            throw new IllegalArgumentException(e);
        }
        return gate;
    }
}
