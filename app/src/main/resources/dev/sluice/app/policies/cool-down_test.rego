package cloudsmith_test

import data.cloudsmith

now := time.parse_rfc3339_ns("2026-03-10T12:00:00Z")

verdict(local, published, seen) := result if {
	result := cloudsmith.match with time.now_ns as now
		with input as {"v0": {
			"first_seen": seen,
			"package": {"is_local": local, "upstream_metadata": {"published_at": published}},
		}}
}

test_a_version_of_yesterday_is_held_back if verdict(false, "2026-03-09T12:00:00Z", "2026-03-09T13:00:00Z")

test_a_version_of_three_days_ago_is_free if not verdict(false, "2026-03-07T12:00:00Z", "2026-03-09T13:00:00Z")

test_one_second_less_is_held_back if verdict(false, "2026-03-07T12:00:01Z", "2026-03-09T13:00:00Z")

test_without_a_publish_time_our_own_first_sight_counts if verdict(false, null, "2026-03-09T13:00:00Z")

test_seen_long_ago_without_a_publish_time_is_free if not verdict(false, null, "2026-01-01T00:00:00Z")

test_the_far_future_is_held_back if {
	verdict(false, "2262-04-12T00:00:00Z", "2026-01-01T00:00:00Z")
	verdict(false, "9999-12-31T00:00:00Z", "2026-01-01T00:00:00Z")
	verdict(false, "+10000-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
}

test_hosted_packages_never_wait if not verdict(true, "2026-03-10T11:00:00Z", "2026-03-10T11:00:00Z")
