package dev.sluice.app.machine;

import dev.sluice.kernel.repository.Upstream.Credentials;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An upstream address that the machine's own clients are set up with.
 *
 * @param url base address
 * @param credentials how those clients log in there, or null
 * @param origin where it was found, for people: {@code npm config}, {@code ~/.m2/settings.xml}
 */
public record Found(URI url, @Nullable Credentials credentials, String origin) {}
