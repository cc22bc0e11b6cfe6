package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.FileEndpoint;
import dev.sluice.formats.protocol.Fixed;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.format.Setup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The npm registry protocol, as npm, pnpm, yarn and bun speak it. Immutable. */
public final class NpmFormat implements Format {

    private static final String ATTESTATIONS = "npm/v1/attestations";

    private final Proxying proxying = new NpmProxying();

    /** The format. */
    public NpmFormat() {}

    @Override
    public String id() {
        return Names.FORMAT;
    }

    @Override
    public String ecosystem() {
        return "npm";
    }

    @Override
    public VersionOrder versionOrder() {
        return Names.VERSIONS;
    }

    @Override
    public PackageName packageName(String text) {
        return Names.parse(text);
    }

    @Override
    public Purl purl(Coordinates coordinates) {
        PackageName name = coordinates.packageName();
        String scope = Names.scope(name);
        return Purl.of(purlType(), scope == null ? null : "@" + scope, Names.bare(name), coordinates.version());
    }

    @Override
    public PackageName packageName(Purl purl) {
        if (!purl.type().equals(purlType())) {
            throw new IllegalArgumentException("not an npm purl: " + purl);
        }
        return Names.parse(purl.namespace() == null ? purl.name() : purl.namespace() + "/" + purl.name());
    }

    /** Without the marks that npm strips from what people write: {@code v1.2.3}, {@code =1.2.3}. */
    @Override
    public String version(String text) {
        String bare = text.strip().replaceFirst("^[v=\\s]+", "");
        return Names.VERSIONS.isVersion(bare) ? bare : text;
    }

    @Override
    public String purlType() {
        return "npm";
    }

    @Override
    public Proxying proxying() {
        return proxying;
    }

    @Override
    public @Nullable Endpoint route(Route route) {
        List<String> segments = route.segments();
        if (!segments.isEmpty() && segments.getLast().isEmpty()) {
            segments = segments.subList(0, segments.size() - 1);
        }
        if (segments.isEmpty()) {
            return route.isRead() ? new Fixed("npm.root", Permission.READ, Response.json(200, "{}\n")) : null;
        }
        if (segments.getFirst().equals("-")
                && segments.size() > 1
                && !segments.get(1).equals("-")) {
            return service(route, segments.subList(1, segments.size()));
        }
        int nameLength = isScope(segments.getFirst()) ? 2 : 1;
        if (segments.size() < nameLength) {
            return null;
        }
        PackageName name;
        try {
            name = Names.parse(String.join("/", segments.subList(0, nameLength)));
        } catch (IllegalArgumentException e) {
            return route.method().equals("PUT")
                    ? new Fixed("npm.publish", Permission.PUBLISH, Replies.error(400, String.valueOf(e.getMessage())))
                    : null;
        }
        return ofPackage(route, name, segments.subList(nameLength, segments.size()));
    }

    private static boolean isScope(String segment) {
        return segment.startsWith("@") && segment.indexOf('/') < 0;
    }

    /** Addresses below a package's name. */
    private @Nullable Endpoint ofPackage(Route route, PackageName name, List<String> rest) {
        boolean put = route.method().equals("PUT");
        boolean delete = route.method().equals("DELETE");
        if (rest.isEmpty()) {
            return route.isRead() ? new GetPackument(this, name) : put ? new Publish(name) : null;
        }
        if (rest.getFirst().equals("-rev")) {
            if (rest.size() != 2 || (!put && !delete)) {
                return null;
            }
            return new Unpublish(name, put ? Unpublish.Kind.VERSIONS : Unpublish.Kind.PACKAGE, rest.get(1));
        }
        if (rest.getFirst().equals("-")) {
            int revision = rest.size() >= 4 && rest.get(rest.size() - 2).equals("-rev") ? 2 : 0;
            String file = fileName(name, rest.subList(1, rest.size() - revision));
            if (file == null) {
                return null;
            }
            if (revision > 0) {
                return delete ? new Unpublish(name, Unpublish.Kind.FILE, file) : null;
            }
            return route.isRead() ? tarball(name, file) : null;
        }
        return rest.size() == 1 && route.isRead() && rest.getFirst().length() <= Coordinates.MAX_VERSION_LENGTH
                ? new GetVersion(this, name, rest.getFirst())
                : null;
    }

    /** The bytes of one version. */
    static Endpoint tarball(PackageName name, String file) {
        return new FileEndpoint(
                "npm.tarball",
                new FileEndpoint.File(name, Names.version(name, file), Names.path(name, file)),
                Replies.DIALECT,
                "application/octet-stream");
    }

    /** The file's name; some clients and registries repeat the scope before it. */
    private static @Nullable String fileName(PackageName name, List<String> segments) {
        String path = String.join("/", segments);
        String scope = Names.scope(name);
        if (scope != null && path.startsWith("@" + scope + "/")) {
            path = path.substring(scope.length() + 2);
        }
        return Names.isFileName(path) ? path : null;
    }

    /** Addresses below {@code /-/}, which are about no package alone. */
    private @Nullable Endpoint service(Route route, List<String> segments) {
        String path = String.join("/", segments);
        boolean read = route.isRead();
        boolean post = route.method().equals("POST");
        return switch (path) {
            case "ping" -> read ? new Fixed("npm.ping", Permission.READ, Response.json(200, "{}\n")) : null;
            case "whoami" -> read ? new Session(this, Session.Kind.WHOAMI) : null;
            case "v1/login" -> post ? new Session(this, Session.Kind.LOGIN) : null;
            case "v1/search" -> read ? new Search(this) : null;
            case "npm/v1/security/advisories/bulk" -> post ? new Audit(true) : null;
            case "npm/v1/security/audits/quick", "npm/v1/security/audits" -> post ? new Audit(false) : null;
            case "npm/v1/keys" -> read ? new Attestations(this, null, "") : null;
            default -> deepService(route, segments, path);
        };
    }

    private @Nullable Endpoint deepService(Route route, List<String> segments, String path) {
        if (path.startsWith("user/token/")) {
            return route.method().equals("DELETE") ? new Session(this, Session.Kind.LOGOUT) : null;
        }
        if (path.startsWith("user/org.couchdb.user:")) {
            return route.method().equals("PUT") ? new Session(this, Session.Kind.LOGIN) : null;
        }
        try {
            if (path.startsWith(ATTESTATIONS + "/") && route.isRead()) {
                String spec = path.substring(ATTESTATIONS.length() + 1);
                int at = spec.lastIndexOf('@');
                String version = spec.substring(at + 1);
                return at > 0 && Names.VERSIONS.isVersion(version)
                        ? new Attestations(this, Names.parse(spec.substring(0, at)), version)
                        : null;
            }
            if (segments.getFirst().equals("package") && segments.contains("dist-tags")) {
                return distTags(route, segments.subList(1, segments.size()));
            }
        } catch (IllegalArgumentException e) {
            return null; // no package can have that name
        }
        return elsewhere(segments, path);
    }

    /**
     * Accounts, teams and stars are not npm's to keep here: npm shows the text. Status 404, since clients try a 5xx again and
     * again.
     */
    private static @Nullable Endpoint elsewhere(List<String> segments, String path) {
        String instead = switch (segments.getFirst()) {
            case "team", "org" ->
                "There are no teams here: what a token may do is its role. See: sluice token create --help";
            case "package" ->
                "Packages have no access settings of their own here: what a token may do is its role, and reading is"
                        + " open or not by repository. See: sluice token create --help";
            case "_view" -> "There are no stars here.";
            case "npm" ->
                path.startsWith("npm/v1/tokens")
                        ? "Tokens are made, listed and revoked by an administrator: sluice token create, list, revoke"
                        : path.startsWith("npm/v1/user")
                                ? "There are no profiles here: a token carries its user's name (npm whoami)."
                                : null;
            default -> null;
        };
        return instead == null ? null : new Fixed("npm.elsewhere", Permission.READ, Replies.error(404, instead));
    }

    private static @Nullable Endpoint distTags(Route route, List<String> segments) {
        int marker = segments.indexOf("dist-tags");
        if (marker < 1 || segments.size() > marker + 2) {
            return null;
        }
        PackageName name = Names.parse(String.join("/", segments.subList(0, marker)));
        String tag = segments.size() == marker + 2 ? segments.get(marker + 1) : null;
        String method = route.isRead() ? "GET" : route.method();
        boolean known = tag == null
                ? method.equals("GET")
                : List.of("PUT", "POST", "DELETE").contains(method);
        return known ? new DistTags(name, method, tag) : null;
    }

    @Override
    public List<Setup> setups(String repositoryUrl) {
        String key = repositoryUrl.substring(repositoryUrl.indexOf("//"));
        String plain = repositoryUrl.startsWith("http:")
                ? "yarn config set --home unsafeHttpWhitelist --json '[\"" + host(repositoryUrl) + "\"]'\n"
                : "";
        return List.of(
                new Setup("npm", "npm config set registry " + repositoryUrl, """
                        # for you; for one project the same lines go into its .npmrc, as registry=… and key=…
                        npm config set registry %s
                        npm config set %s:_authToken TOKEN
                        """.formatted(repositoryUrl, key)),
                new Setup("pnpm", "pnpm config set registry " + repositoryUrl, """
                        pnpm config set registry %s
                        pnpm config set %s:_authToken TOKEN
                        """.formatted(repositoryUrl, key)),
                new Setup("yarn-1", "yarn config set registry " + repositoryUrl, """
                        # yarn 1 takes its registry from .yarnrc and its token from .npmrc; always-auth sends it for reading too
                        yarn config set registry %1$s
                        # ~/.npmrc
                        registry=%1$s
                        %2$s:_authToken=TOKEN
                        always-auth=true
                        """.formatted(repositoryUrl, key)),
                new Setup("yarn", "yarn config set --home npmRegistryServer " + repositoryUrl, """
                        # yarn 2 and later
                        yarn config set --home npmRegistryServer %s
                        yarn config set --home npmAuthToken TOKEN
                        yarn config set --home npmAlwaysAuth true
                        %s""".formatted(
                                repositoryUrl, plain)),
                new Setup("bun", "", """
                        # ~/.npmrc, which bun reads as npm does
                        registry=%s
                        %s:_authToken=TOKEN
                        """.formatted(repositoryUrl, key)));
    }

    private static String host(String url) {
        String host = java.net.URI.create(url).getHost();
        return host == null ? "localhost" : host;
    }
}
