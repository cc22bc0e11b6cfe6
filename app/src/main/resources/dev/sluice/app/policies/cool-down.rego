# METADATA
# title: Cool-down
# description: New versions from upstreams wait three days, so that malicious ones are found before anybody installs them.
# custom:
#   precedence: 400
#   mode: enforce
#   effect: hide
#   formats: [npm, pypi]
#   actions:
#     - set_package_state: HIDDEN
package cloudsmith

cool_down_days := 3

day := ((24 * 60) * 60) * 1000000000

default match := false

match if {
	input.v0.package.is_local == false
	time.now_ns() < released_ns + (cool_down_days * day)
}

# A time after 2262 has no nanoseconds. What claims to be of the far future is no older for it.
match if {
	input.v0.package.is_local == false
	released >= "2262-04-11"
}

match if {
	input.v0.package.is_local == false
	startswith(released, "+")
}

# Where the registry gives no time, the version is as old as our own knowledge of it.
default released := ""

released := input.v0.package.upstream_metadata.published_at if {
	is_string(input.v0.package.upstream_metadata.published_at)
} else := input.v0.first_seen

released_ns := time.parse_rfc3339_ns(released)

known if is_string(input.v0.package.upstream_metadata.published_at)

reason contains sprintf("published %s, held back for %d days", [released, cool_down_days]) if known

reason contains sprintf("first seen here %s (its publish time is not known), held back for %d days", [
	released,
	cool_down_days,
]) if not known
