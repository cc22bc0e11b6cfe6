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
	"AGPL-1.0-only", "AGPL-1.0-or-later",
	"AGPL-3.0-only", "AGPL-3.0-or-later",
	"GPL-1.0-only", "GPL-1.0-or-later",
	"GPL-2.0-only", "GPL-2.0-or-later",
	"GPL-3.0-only", "GPL-3.0-or-later",
	"SSPL-1.0", "BUSL-1.1",
}

default match := false

# "A OR B" leaves the choice: it offends only when no alternative is acceptable. Where nobody can tell which licence is meant ("GPL"),
# one alternative lists all that may be, and any of them offends.
match if {
	count(offending) > 0
	not choice
}

offending contains identifier(entry) if {
	some alternative in input.v0.package.license.alternatives
	some entry in alternative
	identifier(entry) in denied
}

choice if {
	some alternative in input.v0.package.license.alternatives
	every entry in alternative {
		acceptable(entry)
	}
}

# Words that name no known licence ("commercial") are no way out of a denied one.
acceptable(entry) if {
	not identifier(entry) in denied
	not entry in {"NOASSERTION", "NONE"}
	not contains(entry, "LicenseRef-")
}

# An exception takes no licence from the list.
identifier(entry) := split(entry, " WITH ")[0]

reason contains msg if {
	input.v0.package.license.oss_license.spdx_identifier != ""
	some identifier in offending
	msg := sprintf("licence %s is on the deny list", [identifier])
}

reason contains msg if {
	input.v0.package.license.oss_license.spdx_identifier == ""
	count(offending) > 0
	msg := sprintf("the declared licence, \"%s\", may be one on the deny list: %s", [
		substring(input.v0.package.license.raw_license, 0, 200),
		concat(", ", offending),
	])
}
