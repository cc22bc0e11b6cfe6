package dev.sluice.formats.maven;

import dev.sluice.formats.maven.MetadataEndpoint.Denied;
import dev.sluice.formats.maven.MetadataEndpoint.Document;
import dev.sluice.formats.maven.MetadataEndpoint.Made;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Notices;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The groups a repository has. Maven 4 asks for it by itself and then never asks for any group that is not in it; so there is
 * none where upstreams may have more.
 */
record Prefixes() implements MetadataEndpoint.Source {

    private static final int MAX_GROUPS = 10_000;

    @Override
    public Made make(Exchange exchange) {
        if (!exchange.repository().upstreams(MavenFormat.ID).isEmpty()) {
            return Denied.absent("a repository with upstreams has no prefix list");
        }
        StringBuilder list = new StringBuilder("## repository-prefixes/2.0\n");
        String after = "";
        for (int groups = 0; groups <= MAX_GROUPS; groups++) {
            List<PackageName> next = exchange.hosting().hostedNames(exchange.repository(), MavenFormat.ID, after, 1);
            if (next.isEmpty()) {
                break;
            }
            String name = next.getFirst().name();
            String group = name.substring(0, name.indexOf(':'));
            list.append('/').append(group.replace('.', '/')).append('\n');
            after = group + ";"; // the character after the colon: skips the rest of the group
            if (groups == MAX_GROUPS) {
                return Denied.absent("too many groups for a prefix list");
            }
        }
        if (after.isEmpty()) {
            return Denied.absent("nothing is published here yet");
        }
        byte[] body = list.toString().getBytes(StandardCharsets.UTF_8);
        return new Document(new Listed.Rendering(body, "text/plain"), Notices.NONE);
    }
}
