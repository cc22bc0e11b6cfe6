# METADATA
# title: Critical vulnerabilities with a fix
# description: A critical vulnerability in this version is fixed in a newer one. Take the newer one.
# custom:
#   precedence: 250
#   mode: warn
#   effect: refuse
#   actions:
#     - set_package_state: QUARANTINED
package cloudsmith

min_score := 9

default match := false

match if some _ in fixable

fixable contains vulnerability if {
	some vulnerability in input.v0.vulnerabilities
	critical(vulnerability)
	count(vulnerability.patched_versions) > 0
}

critical(vulnerability) if vulnerability.severity == "CRITICAL"

critical(vulnerability) if vulnerability.base_score >= min_score

score(vulnerability) := sprintf("CVSS %v", [vulnerability.base_score]) if is_number(vulnerability.base_score)

score(vulnerability) := "no score" if is_null(vulnerability.base_score)

reason contains msg if {
	some vulnerability in fixable
	msg := sprintf("%s is critical (%s), fixed in %s", [
		vulnerability.identifier,
		score(vulnerability),
		concat(", ", vulnerability.patched_versions),
	])
}
