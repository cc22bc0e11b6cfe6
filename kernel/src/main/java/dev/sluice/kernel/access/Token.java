package dev.sluice.kernel.access;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.NamePattern;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A credential as it is kept: everything but its secret.
 *
 * @param id short public identifier, part of the secret's text, for example {@code t3x9k2pq}
 * @param name what people call it, for example {@code ci-main}
 * @param user the person or service it belongs to
 * @param secretHash SHA-256 of the secret in hexadecimal; the secret is 256 random bits, so a plain hash cannot be guessed back
 * @param role what it may do
 * @param repositories names it is limited to; empty means all
 * @param publishes names of packages that its publishing is limited to; empty means all
 * @param createdAt when it was made
 * @param expiresAt from when on it is refused, or null for never
 */
public record Token(
        String id,
        String name,
        String user,
        String secretHash,
        Role role,
        List<String> repositories,
        List<NamePattern> publishes,
        Instant createdAt,
        @Nullable Instant expiresAt) {

    /** Copies the lists. */
    public Token {
        repositories = List.copyOf(repositories);
        publishes = List.copyOf(publishes);
    }

    /** A token that is not limited to names. */
    public Token(
            String id,
            String name,
            String user,
            String secretHash,
            Role role,
            List<String> repositories,
            Instant createdAt,
            @Nullable Instant expiresAt) {
        this(id, name, user, secretHash, role, repositories, List.of(), createdAt, expiresAt);
    }

    /** Whether what it publishes, changes or removes may have that name, as far as its names say. */
    public boolean mayPublish(PackageName packageName) {
        return publishes.isEmpty() || publishes.stream().anyMatch(name -> name.covers(packageName));
    }

    /** The hash is left out so that it cannot reach a log. */
    @Override
    public String toString() {
        return "Token[" + id + " " + name + " of " + user + ", " + role.label() + "]";
    }
}
