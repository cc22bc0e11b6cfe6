package dev.sluice.kernel.facts;

import static dev.sluice.kernel.facts.Values.EMPTY_STRING;
import static dev.sluice.kernel.facts.Values.NULL;
import static dev.sluice.kernel.facts.Values.text;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import org.jspecify.annotations.Nullable;

/** What names a version whatever its format: {@code identity}. */
final class IdentitySection {

    private static final ObjectValue.Shape IDENTITY = new ObjectValue.Shape();

    private IdentitySection() {}

    static Value of(Facts facts) {
        StoredFile kept = facts.kept();
        ReleaseFile file = facts.file();
        return IDENTITY.builder()
                .put("purl", text(facts.purl().toString()))
                .put(
                        "namespace",
                        text(
                                facts.purl().namespace() == null
                                        ? ""
                                        : facts.purl().namespace()))
                .put("name", text(facts.purl().name()))
                .put("version", text(facts.coordinates().version()))
                .put("qualifiers", ObjectValue.EMPTY)
                .put("subpath", NULL)
                .put("format", text(facts.coordinates().format()))
                .put("checksum_md5", digest(file, kept, Digest.Algorithm.MD5))
                .put("checksum_sha1", digest(file, kept, Digest.Algorithm.SHA1))
                .put("checksum_sha256", digest(file, kept, Digest.Algorithm.SHA256))
                .put("checksum_sha512", digest(file, kept, Digest.Algorithm.SHA512))
                .build();
    }

    /** Of the kept bytes, else as the index tells it. */
    static Value digest(@Nullable ReleaseFile file, @Nullable StoredFile kept, Digest.Algorithm algorithm) {
        if (kept != null) {
            return text(kept.contents().digest(algorithm).hex());
        }
        if (file != null) {
            for (Digest digest : file.digests()) {
                if (digest.algorithm() == algorithm) {
                    return text(digest.hex());
                }
            }
        }
        return EMPTY_STRING;
    }
}
