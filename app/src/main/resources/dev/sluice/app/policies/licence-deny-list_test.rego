package cloudsmith_test

import data.cloudsmith

verdict(alternatives) := result if {
	result := cloudsmith.match with input as {"v0": {"package": {"license": {"alternatives": alternatives}}}}
}

test_a_denied_licence_matches if verdict([["GPL-3.0-only"]])

test_a_permissive_licence_does_not_match if not verdict([["MIT"]])

test_a_choice_with_a_permissive_licence_does_not_match if not verdict([["MIT"], ["GPL-3.0-or-later"]])

test_a_conjunction_with_a_denied_licence_matches if verdict([["MIT", "AGPL-3.0-only"]])

test_a_choice_between_denied_licences_matches if verdict([["GPL-2.0-only"], ["AGPL-3.0-only"]])

test_a_licence_that_may_be_a_denied_one_matches if verdict([["GPL-1.0-only", "GPL-2.0-only", "GPL-3.0-or-later"]])

test_an_exception_does_not_help if verdict([["GPL-2.0-only WITH Classpath-exception-2.0"]])

test_a_choice_with_words_that_name_no_licence_matches if verdict([["AGPL-3.0-only"], ["NOASSERTION"]])

test_a_choice_with_a_reference_matches if verdict([["GPL-3.0-only"], ["LicenseRef-Commercial"]])

test_a_licence_that_is_not_known_does_not_match if not verdict([])

test_words_that_name_no_licence_do_not_match if not verdict([["NOASSERTION"]])

test_no_licence_does_not_match if not verdict([["NONE"]])

test_the_lesser_licence_does_not_match if not verdict([["LGPL-2.1-only"]])
