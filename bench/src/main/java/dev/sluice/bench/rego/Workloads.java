package dev.sluice.bench.rego;

import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The made-up workloads, each the same at every run. */
final class Workloads {

    private static final int POLICIES = 200;

    private static final String VULNERABILITIES = """
            [{"id": "CVE-2024-1001", "cvss": 9.8, "epss": 0.91, "fixed": "2.0.1"},
             {"id": "CVE-2024-1002", "cvss": 8.1, "epss": 0.34, "fixed": "2.0.1"},
             {"id": "CVE-2024-1003", "cvss": 7.5, "epss": 0.25, "fixed": "1.9.9"},
             {"id": "CVE-2024-1004", "cvss": 9.1, "epss": 0.02, "fixed": "2.0.0"},
             {"id": "CVE-2024-1005", "cvss": 7.2, "epss": 0.51, "fixed": null},
             {"id": "CVE-2024-1006", "cvss": 5.3, "epss": 0.44, "fixed": "2.0.1"},
             {"id": "CVE-2024-1007", "cvss": 4.0, "epss": 0.01, "fixed": "1.8.0"},
             {"id": "CVE-2024-1008", "cvss": 6.1, "epss": 0.03, "fixed": null}]""";

    private static final String PACKAGE = """
            {"package": {"name": "left-pad", "version": "1.5.0", "ecosystem": "npm", "purl": "pkg:npm/left-pad@1.5.0"},
             "repository": {"name": "main", "labels": ["prod", "web"]}, "vulns": VULNS}""".replace("VULNS", VULNERABILITIES);

    private Workloads() {}

    /** All of them. */
    static List<Workload> all() {
        return List.of(roles(), gate(true), gate(false), rules(), modules(), comprehensions(), expressions());
    }

    /** 20 users, 10 roles, 100 grants; the hit is the last grant of the user's third role. */
    static Workload roles() {
        StringJoiner users = new StringJoiner(",", "{", "}");
        for (int u = 0; u < 20; u++) {
            users.add("\"user" + u + "\": [\"role" + u % 10 + "\",\"role" + (u + 3) % 10 + "\",\"role" + (u + 6) % 10
                    + "\"]");
        }
        StringJoiner roles = new StringJoiner(",", "{", "}");
        for (int r = 0; r < 10; r++) {
            StringJoiner grants = new StringJoiner(",", "[", "]");
            for (int g = 0; g < 10; g++) {
                grants.add("{\"action\": \"" + (g % 2 == 0 ? "read" : "write") + "\", \"resource\": \"res" + r + "-" + g
                        + "\"}");
            }
            roles.add("\"role" + r + "\": " + grants);
        }
        return new Workload(
                "rbac",
                module("rbac", """
                package rbac

                default allow := false

                allow if {
                	some role in data.user_roles[input.user]
                	some grant in data.role_grants[role]
                	grant.action == input.action
                	grant.resource == input.resource
                }
                """),
                "data.rbac.allow",
                json("{\"user_roles\": " + users + ", \"role_grants\": " + roles + "}"),
                json("{\"user\": \"user7\", \"action\": \"write\", \"resource\": \"res3-9\"}"),
                20);
    }

    /** 8 vulnerabilities of which two are denied; 500 exemptions, one of which applies. */
    static Workload gate(boolean map) {
        StringJoiner exemptions = map ? new StringJoiner(",", "{", "}") : new StringJoiner(",", "[", "]");
        for (int e = 0; e < 500; e++) {
            String name = e == 250 ? "left-pad" : "package-" + e;
            String cve = e == 250 ? "CVE-2024-1003" : "CVE-2023-" + (2000 + e);
            exemptions.add(
                    map
                            ? "\"" + name + "\": {\"" + cve + "\": true}"
                            : "{\"package\": \"" + name + "\", \"cve\": \"" + cve + "\"}");
        }
        String exempt = map ? """
                exempt(id) if data.exemptions[input.package.name][id]
                """ : """
                exempt(id) if {
                	some exemption in data.exemptions
                	exemption.package == input.package.name
                	exemption.cve == id
                }
                """;
        return new Workload(
                map ? "gate, exemptions as a map" : "gate, exemptions as an array",
                module("gate", """
                package gate

                deny contains msg if {
                	some vuln in input.vulns
                	vuln.cvss >= 7
                	vuln.epss >= 0.2
                	vuln.fixed != null
                	not exempt(vuln.id)
                	msg := sprintf("%s: cvss %v, epss %v, fixed in %s", [vuln.id, vuln.cvss, vuln.epss, vuln.fixed])
                }

                """ + exempt),
                "data.gate.deny",
                json("{\"exemptions\": " + exemptions + "}"),
                json(PACKAGE),
                20);
    }

    private static String guarded(int number) {
        String ecosystem = number % 2 == 0 ? "npm" : "pypi";
        String prefix = number % 20 == 0 ? "left" : "scope" + number;
        return """
                deny contains msg if {
                	input.package.ecosystem == "%s"
                	startswith(input.package.name, "%s")
                	some vuln in input.vulns
                	vuln.cvss >= %s
                	vuln.fixed != null
                	msg := sprintf("policy %d: %%s", [vuln.id])
                }
                """.formatted(ecosystem, prefix, 7 + number % 3, number);
    }

    /** 200 rules of one package, ten of which apply. */
    static Workload rules() {
        StringBuilder text = new StringBuilder("package pol\n");
        for (int i = 0; i < POLICIES; i++) {
            text.append('\n').append(guarded(i));
        }
        return new Workload(
                "200 policies as rules",
                module("pol", text.toString()),
                "data.pol.deny",
                ObjectValue.EMPTY,
                json(PACKAGE),
                20);
    }

    /** The same in 200 packages, collected by one rule. */
    static Workload modules() {
        List<SourceFile> modules = new ArrayList<>();
        for (int i = 0; i < POLICIES; i++) {
            modules.add(new SourceFile("p" + i + ".rego", "package pol.p" + i + "\n\n" + guarded(i)));
        }
        modules.addAll(module("main", """
                package main

                deny contains m if {
                	some p
                	some m in data.pol[p].deny
                }
                """));
        return new Workload("200 policies as modules", modules, "data.main.deny", ObjectValue.EMPTY, json(PACKAGE), 20);
    }

    /** 200 items: sums, groups, and counts nested in counts, about 80,000 inner steps. */
    static Workload comprehensions() {
        StringJoiner items = new StringJoiner(",", "[", "]");
        for (int i = 0; i < 200; i++) {
            items.add("{\"id\": \"i" + i + "\", \"team\": \"t" + i % 10 + "\", \"size\": " + i * 37 % 101
                    + ", \"tags\": [\"x" + i % 7 + "\", \"y" + i % 5 + "\"]}");
        }
        return new Workload(
                "comprehensions",
                module("comp", """
                package comp

                total := sum([item.size | some item in input.items])

                teams := {item.team | some item in input.items}

                by_team := {team: ids |
                	some team in teams
                	ids := {item.id | some item in input.items; item.team == team}
                }

                size_of_team[team] := sum([item.size | some item in input.items; item.team == team]) if {
                	some team in teams
                }

                larger := {item.id: n |
                	some item in input.items
                	n := count([1 | some other in input.items; other.size > item.size])
                }

                peers := {item.id: n |
                	some item in input.items
                	n := count({other.id | some other in input.items; other.team == item.team; other.size >= item.size})
                }

                result := {
                	"total": total,
                	"by_team": by_team,
                	"size_of_team": size_of_team,
                	"larger": larger,
                	"peers": peers,
                }
                """),
                "data.comp.result",
                ObjectValue.EMPTY,
                json("{\"items\": " + items + "}"),
                5);
    }

    /** Five patterns on each of 100 strings, and the digits of every one. */
    static Workload expressions() {
        StringJoiner names = new StringJoiner(",", "[", "]");
        for (int i = 0; i < 100; i++) {
            names.add("\"" + (i % 3 == 0 ? "@scope/" : "") + "package-" + i + (i % 4 == 0 ? ".beta" + i : "") + "_v"
                    + i % 9 + ".0." + i + "\"");
        }
        return new Workload(
                "regular expressions",
                module("rex", """
                package rex

                patterns := [
                	`^@[a-z]+/`,
                	`beta[0-9]+`,
                	`^[a-z-]+[0-9]+(\\.[a-z]+[0-9]*)?_v[0-9.]+$`,
                	`(alpha|beta|rc)`,
                	`_v[0-4]\\.0\\.[0-9]{2}$`,
                ]

                hits contains [name, i] if {
                	some name in input.names
                	some i, pattern in patterns
                	regex.match(pattern, name)
                }

                digits contains d if {
                	some name in input.names
                	some d in regex.find_n(`[0-9]+`, name, -1)
                }

                result := {"hits": count(hits), "digits": count(digits)}
                """),
                "data.rex.result",
                ObjectValue.EMPTY,
                json("{\"names\": " + names + "}"),
                1);
    }

    private static List<SourceFile> module(String name, String text) {
        return List.of(new SourceFile(name + ".rego", text));
    }

    private static Value json(String text) {
        return Json.read(text);
    }
}
