package cloudsmith_test

import data.cloudsmith

verdict(spdx) := result if {
	result := cloudsmith.match with input as {"v0": {"package": {"license": {"oss_license": {"spdx_identifier": spdx}}}}}
}

test_a_denied_licence_matches if verdict("GPL-3.0-only")

test_a_permissive_licence_does_not_match if not verdict("MIT")

test_a_choice_with_a_permissive_licence_does_not_match if not verdict("(MIT OR GPL-3.0-or-later)")

test_a_conjunction_with_a_denied_licence_matches if verdict("MIT AND AGPL-3.0-only")

test_an_unknown_licence_does_not_match if not verdict("")

test_a_choice_between_denied_licences_matches if verdict("GPL-2.0-only OR AGPL-3.0-only")
