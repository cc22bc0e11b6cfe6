package cloudsmith_test

import data.cloudsmith

vulnerability(severity, score, fixed) := {
	"identifier": "CVE-2024-1",
	"severity": severity,
	"base_score": score,
	"patched_versions": fixed,
}

verdict(v) := result if {
	result := cloudsmith.match with input as {"v0": {"vulnerabilities": [v]}}
}

test_critical_by_its_database_matches_without_a_score if verdict(vulnerability("CRITICAL", null, ["2.0.0"]))

test_a_score_of_exactly_nine_matches if verdict(vulnerability("HIGH", 9, ["2.0.0"]))

test_a_lower_score_does_not_match if not verdict(vulnerability("HIGH", 8.9, ["2.0.0"]))

test_without_a_fix_it_does_not_match if not verdict(vulnerability("CRITICAL", 9.8, []))

test_nothing_known_does_not_match if not verdict(vulnerability(null, null, ["2.0.0"]))

test_the_reason_names_score_and_fix if {
	reasons := cloudsmith.reason with input as {"v0": {"vulnerabilities": [vulnerability("CRITICAL", 9.8, ["2.0.0"])]}}
	reasons == {"CVE-2024-1 is critical (CVSS 9.8), fixed in 2.0.0"}
}
