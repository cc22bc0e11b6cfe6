package dev.sluice.kernel.gate;

import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who may publish under which name: a token within the names it is limited to, and nobody over the name of others.
 *
 * <p>A name that an upstream has, or once gave a file of, is published only where the repository reserves it: what is hosted comes
 * before every upstream, so that whoever may publish could otherwise replace what everybody installs. While an upstream cannot be
 * asked, a new name is not published.
 *
 * <p>A name that is hosted already was nobody else's when it began. It goes on while upstreams cannot be asked, and whatever an
 * upstream that is not trusted has under it: that is never mixed in, and nobody must stop others by taking their name elsewhere.
 * What a trusted upstream has is mixed in, so that its owners must say whose the name is. Removing is not publishing. Thread-safe.
 */
final class PublishRights {

    private final Blends blends;
    private final HostedStore hosted;
    private final HistoryStore history;

    PublishRights(Blends blends, HostedStore hosted, HistoryStore history) {
        this.blends = blends;
        this.hosted = hosted;
        this.history = history;
    }

    /** Throws when the visitor's token is not for that name; from memory alone. */
    static void ofToken(Visit visit, Repository repository, PackageName name) throws RejectedException {
        Token token = visit.principal().token();
        if (token != null && !token.mayPublish(name)) {
            throw new RejectedException(
                    403,
                    "this token may publish only "
                            + token.publishes().stream().map(Object::toString).collect(Collectors.joining(", "))
                            + ", and " + name.name() + " is not among them. An administrator makes one that may:"
                            + " sluice token create NAME --role publisher --repository " + repository.name()
                            + " --publish " + name);
        }
    }

    /** Throws when nobody may make the change. */
    void check(Ecosystem format, Publication publication) throws RejectedException, BlobsUnavailableException {
        Repository repository = publication.repository();
        PackageName name = publication.packageName();
        if (publication.kind().equals(Event.Kind.UNPUBLISH)) {
            return;
        }
        boolean ours = hosted.find(repository.id(), name).isPresent();
        List<Upstream> others = repository.upstreamsFor(name).stream()
                .filter(upstream -> !ours || upstream.trust() == Upstream.Trust.TRUSTED)
                .toList();
        Blends.Elsewhere elsewhere = blends.elsewhere(format, repository, name, others);
        Upstream owner = elsewhere.owner() != null ? elsewhere.owner() : giver(repository, name, others);
        if (owner != null) {
            throw new RejectedException(
                    403,
                    name.name() + " is a name of upstream '" + owner.id() + "': nothing is published over it. If it is"
                            + " yours, an administrator reserves it, and no upstream is asked for it any more:"
                            + " sluice repository reserve " + name + " --repository " + repository.name()
                            + (ours
                                    ? ". What was published here before stays as it is."
                                    : ". Otherwise publish under another name."));
        }
        if (elsewhere.failure() != null && !ours) {
            throw new RejectedException(
                    503,
                    "nobody knows now whether " + name.name() + " is a name of others, so it is not published: "
                            + elsewhere.failure() + ". Try again later. If the name is yours, an administrator reserves"
                            + " it, and no upstream is asked: sluice repository reserve " + name + " --repository "
                            + repository.name());
        }
    }

    /** The upstream that gave a file of the package, also where its index does not name it (any more), or null. */
    private @Nullable Upstream giver(Repository repository, PackageName name, List<Upstream> others) {
        PackageHistory known = history.of(repository.id(), name);
        for (Upstream upstream : others) {
            if (known.of(upstream.id()).values().stream()
                    .anyMatch(version -> !version.files().isEmpty())) {
                return upstream;
            }
        }
        return null;
    }
}
