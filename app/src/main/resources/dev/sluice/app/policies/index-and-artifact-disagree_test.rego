package cloudsmith_test

import data.cloudsmith

agreed := {
	"published": {"known": true, "source": "upstream-index", "contradicted": false},
	"license": {"known": true, "source": "artifact", "contradicted": false},
	"install_scripts": {"known": false, "why": "not read", "contradicted": false},
	"requires_runtime": {"known": false, "why": "not read", "contradicted": false},
	"dependencies": {"known": false, "why": "not read", "contradicted": false},
	"archive": {"ambiguous": []},
}

with_signals(changed) := {"v0": {"signals": object.union(agreed, changed)}}

verdict(changed) := result if {
	result := cloudsmith.match with input as with_signals(changed)
}

reasons(changed) := result if {
	result := cloudsmith.reason with input as with_signals(changed)
}

licence := {"license": {"contradicted": [
	{"source": "artifact", "value": "AGPL-3.0-only"},
	{"source": "upstream-index", "value": "MIT"},
]}}

scripts := {"install_scripts": {"contradicted": [
	{"source": "artifact", "value": true},
	{"source": "upstream-index", "value": false},
]}}

test_agreement_does_not_match if not verdict({})

test_a_contradicted_licence_matches_and_both_values_are_told if {
	verdict(licence)
	reasons(licence) == {"sources disagree about its licence: AGPL-3.0-only (artifact), MIT (upstream-index)"}
}

test_contradicted_install_scripts_match_and_both_values_are_told if {
	verdict(scripts)
	reasons(scripts) == {"sources disagree about its install scripts: true (artifact), false (upstream-index)"}
}

test_a_contradicted_time_matches if {
	verdict({"published": {"contradicted": [{"source": "a", "value": "x"}, {"source": "b", "value": "y"}]}})
}

test_a_contradicted_runtime_matches if {
	verdict({"requires_runtime": {"contradicted": [{"source": "a", "value": "x"}, {"source": "b", "value": "y"}]}})
}

test_of_many_ambiguities_three_are_told_and_the_others_counted if {
	reasons({"archive": {"ambiguous": ["a", "b", "c"]}}) == {"readers may disagree about what the artifact holds: a; b; c"}
	reasons({"archive": {"ambiguous": ["a", "b", "c", "d", "e"]}}) == {"readers may disagree about what the artifact holds: a; b; c; and 2 more"}
}

test_contradicted_dependencies_match if {
	verdict({"dependencies": {"contradicted": [{"source": "artifact", "value": "a"}, {"source": "x.whl.metadata", "value": "a, b"}]}})
}

test_an_ambiguous_archive_matches if {
	reasons({"archive": {"ambiguous": ["two entries are named METADATA"]}}) == {"readers may disagree about what the artifact holds: two entries are named METADATA"}
}
