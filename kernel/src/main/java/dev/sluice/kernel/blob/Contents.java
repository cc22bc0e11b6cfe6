package dev.sluice.kernel.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;

/**
 * What bytes turned out to be: length and the digests that ecosystems pin.
 *
 * @param size length in bytes
 * @param md5 MD5, for ecosystems that still publish it
 * @param sha1 SHA-1, likewise
 * @param sha256 the blob's address
 * @param sha512 SHA-512
 */
public record Contents(long size, Digest md5, Digest sha1, Digest sha256, Digest sha512) {

    /** The blob these contents form. */
    public Blob blob() {
        return new Blob(sha256, size);
    }

    /** The digest by that algorithm. */
    public Digest digest(Algorithm algorithm) {
        return switch (algorithm) {
            case MD5 -> md5;
            case SHA1 -> sha1;
            case SHA256 -> sha256;
            case SHA512 -> sha512;
        };
    }

    /** Whether these contents are what the digest promises. */
    public boolean matches(Digest promised) {
        return digest(promised.algorithm()).equals(promised);
    }
}
