# METADATA
# title: Index and artifact disagree
# description: The artifact says otherwise than its index, or readers of it may see different things. One of them is not to be believed.
# custom:
#   precedence: 275
#   mode: enforce
#   effect: refuse
#   actions:
#     - set_package_state: QUARANTINED
package cloudsmith

default match := false

match if count(reason) > 0

reason contains disagreement("licence", said) if {
	said := input.v0.signals.license.contradicted
	is_array(said)
}

reason contains disagreement("install scripts", said) if {
	said := input.v0.signals.install_scripts.contradicted
	is_array(said)
}

reason contains disagreement("publish time", said) if {
	said := input.v0.signals.published.contradicted
	is_array(said)
}

reason contains disagreement("required runtime", said) if {
	said := input.v0.signals.requires_runtime.contradicted
	is_array(said)
}

reason contains sprintf("readers may disagree about what the artifact holds: %s", [sentence]) if {
	some sentence in input.v0.signals.archive.ambiguous
}

disagreement(fact, said) := sprintf("sources disagree about its %s: %s", [
	fact,
	concat(", ", [sprintf("%v (%s)", [each.value, each.source]) | some each in said]),
])
