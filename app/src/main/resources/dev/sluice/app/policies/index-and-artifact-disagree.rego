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

reason contains disagreement("dependencies", said) if {
	said := input.v0.signals.dependencies.contradicted
	is_array(said)
}

# One sentence, however many names and records of an archive are at odds; all of them are in the input.
reason contains sprintf("readers may disagree about what the artifact holds: %s%s", [concat("; ", first), more]) if {
	ambiguous := input.v0.signals.archive.ambiguous
	count(ambiguous) > 0
	first := array.slice(ambiguous, 0, 3)
	more := and_more(count(ambiguous) - count(first))
}

and_more(others) := "" if others == 0

and_more(others) := sprintf("; and %d more", [others]) if others > 0

disagreement(fact, said) := sprintf("sources disagree about its %s: %s", [
	fact,
	concat(", ", [sprintf("%v (%s)", [each.value, each.source]) | some each in said]),
])
