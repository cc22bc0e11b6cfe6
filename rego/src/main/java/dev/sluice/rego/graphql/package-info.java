/** GraphQL documents: parsed into the trees that OPA gives policies, and validated. */
@NullMarked
package dev.sluice.rego.graphql;

import org.jspecify.annotations.NullMarked;
