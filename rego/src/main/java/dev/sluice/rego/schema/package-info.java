/** JSON Schema, drafts 4 to 7: documents checked against it, and what it says of the types of documents. */
@NullMarked
package dev.sluice.rego.schema;

import org.jspecify.annotations.NullMarked;
