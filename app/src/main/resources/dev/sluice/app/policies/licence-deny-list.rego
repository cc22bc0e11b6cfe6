# METADATA
# title: Licence deny list
# description: The declared licence is on the deny list. Recorded only; set the mode to warn or enforce to act on it.
# custom:
#   precedence: 300
#   mode: audit
#   effect: refuse
#   actions:
#     - set_package_state: QUARANTINED
package cloudsmith

denied := {
	"AGPL-1.0", "AGPL-1.0-only", "AGPL-1.0-or-later",
	"AGPL-3.0", "AGPL-3.0-only", "AGPL-3.0-or-later",
	"GPL-2.0", "GPL-2.0-only", "GPL-2.0-or-later",
	"GPL-3.0", "GPL-3.0-only", "GPL-3.0-or-later",
	"SSPL-1.0", "BUSL-1.1",
}

default match := false

match if some _ in offending

identifiers contains trim(word, "()") if {
	some word in split(input.v0.package.license.oss_license.spdx_identifier, " ")
}

# "A OR B" leaves the choice: it offends only when every alternative does.
choice if contains(input.v0.package.license.oss_license.spdx_identifier, " OR ")

acceptable contains identifier if {
	some identifier in identifiers
	not identifier in {"OR", "AND", "WITH", ""}
	not identifier in denied
}

offending contains identifier if {
	some identifier in identifiers
	identifier in denied
	not choice
}

offending contains identifier if {
	some identifier in identifiers
	identifier in denied
	choice
	count(acceptable) == 0
}

reason contains msg if {
	some identifier in offending
	msg := sprintf("licence %s is on the deny list", [identifier])
}
