package dev.sluice.formats.npm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.protocol.Fixed;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NpmRoutesTest {

    private final NpmFormat format = new NpmFormat();

    private @Nullable Endpoint route(String method, String... segments) {
        return format.route(new Route(method, List.of(segments)));
    }

    @Test
    void reads_scoped_names_as_one_or_two_segments() {
        GetPackument scoped = new GetPackument(format, Names.parse("@acme/tool"));

        assertThat(route("GET", "@acme/tool")).isEqualTo(scoped);
        assertThat(route("GET", "@acme", "tool")).isEqualTo(scoped);
        assertThat(route("HEAD", "@acme", "tool", "")).isEqualTo(scoped);
        assertThat(route("GET", "@acme")).isNull();
    }

    @Test
    void finds_tarballs_also_with_the_scope_repeated() {
        Endpoint tarball = NpmFormat.tarball(Names.parse("@acme/tool"), "tool-1.0.0.tgz");

        assertThat(route("GET", "@acme/tool", "-", "tool-1.0.0.tgz")).isEqualTo(tarball);
        assertThat(route("GET", "@acme", "tool", "-", "tool-1.0.0.tgz")).isEqualTo(tarball);
        assertThat(route("GET", "@acme", "tool", "-", "@acme", "tool-1.0.0.tgz"))
                .isEqualTo(tarball);
        assertThat(route("GET", "@acme/tool", "-", "@acme/tool-1.0.0.tgz")).isEqualTo(tarball);
        assertThat(route("GET", "tool", "-", "..", "x.tgz")).isNull();
        assertThat(route("GET", "tool", "-", "other/x.tgz")).isNull();
    }

    @Test
    void tells_versions_and_the_package_called_dash_from_services() {
        assertThat(route("GET", "tool", "latest")).isEqualTo(new GetVersion(format, Names.parse("tool"), "latest"));
        assertThat(route("GET", "-")).isEqualTo(new GetPackument(format, Names.parse("-")));
        assertThat(route("GET", "-", "-", "--0.0.1.tgz")).isEqualTo(NpmFormat.tarball(Names.parse("-"), "--0.0.1.tgz"));
        assertThat(route("GET", "-", "nothing")).isNull();
        assertThat(route("PATCH", "tool")).isNull();
    }

    @Test
    void knows_the_services() {
        assertThat(route("GET", "-", "ping")).isInstanceOf(Fixed.class);
        assertThat(route("GET", "-", "whoami")).isEqualTo(new Session(format, Session.Kind.WHOAMI));
        assertThat(route("POST", "-", "v1", "login")).isEqualTo(new Session(format, Session.Kind.LOGIN));
        assertThat(route("PUT", "-", "user", "org.couchdb.user:ann"))
                .isEqualTo(new Session(format, Session.Kind.LOGIN));
        assertThat(route("GET", "-", "npm", "v1", "keys")).isEqualTo(new Attestations(format, null, ""));
        Attestations attestations = new Attestations(format, Names.parse("@acme/tool"), "1.0.0");
        assertThat(route("GET", "-", "npm", "v1", "attestations", "@acme/tool@1.0.0"))
                .isEqualTo(attestations);
        assertThat(route("GET", "-", "npm", "v1", "attestations", "@acme", "tool@1.0.0"))
                .isEqualTo(attestations);
        assertThat(route("GET", "-", "npm", "v1", "attestations", "@acme/tool")).isNull();
        assertThat(route("GET", "-", "package", "@acme/tool", "dist-tags"))
                .isEqualTo(new DistTags(Names.parse("@acme/tool"), "GET", null));
        assertThat(route("PUT", "-", "package", "@acme", "tool", "dist-tags", "beta"))
                .isEqualTo(new DistTags(Names.parse("@acme/tool"), "PUT", "beta"));
        assertThat(route("GET", "-", "package", "tool", "dist-tags", "beta")).isNull();
    }

    @Test
    void demands_the_permission_that_fits() {
        assertThat(permission("GET", "tool")).isEqualTo(Permission.READ);
        assertThat(permission("GET", "tool", "-", "tool-1.0.0.tgz")).isEqualTo(Permission.READ);
        assertThat(permission("PUT", "tool")).isEqualTo(Permission.PUBLISH);
        assertThat(permission("PUT", "Bad Name")).isEqualTo(Permission.PUBLISH);
        assertThat(permission("PUT", "-", "package", "tool", "dist-tags", "beta"))
                .isEqualTo(Permission.PUBLISH);
        assertThat(permission("PUT", "tool", "-rev", "1-0")).isEqualTo(Permission.DELETE);
        assertThat(permission("DELETE", "tool", "-rev", "1-0")).isEqualTo(Permission.DELETE);
        assertThat(permission("DELETE", "@a/tool", "-", "tool-1.0.0.tgz", "-rev", "1-0"))
                .isEqualTo(Permission.DELETE);
    }

    private Permission permission(String method, String... segments) {
        Endpoint endpoint = route(method, segments);
        assertThat(endpoint).isNotNull();
        return java.util.Objects.requireNonNull(endpoint).permission();
    }

    @Test
    void tells_how_to_set_up_each_client() {
        assertThat(format.setups("http://127.0.0.1:8080/npm/main/").toString())
                .contains("npm config set registry http://127.0.0.1:8080/npm/main/")
                .contains("npm config set //127.0.0.1:8080/npm/main/:_authToken TOKEN")
                .contains("pnpm config set")
                .contains("unsafeHttpWhitelist --json '[\"127.0.0.1\"]'");
    }

    @Test
    void what_npm_would_keep_elsewhere_is_answered_with_where_it_is_kept_here() {
        for (String[] segments : new String[][] {
            {"-", "npm", "v1", "tokens"},
            {"-", "npm", "v1", "user"},
            {"-", "team", "acme", "developers", "user"},
            {"-", "org", "acme", "user"},
            {"-", "package", "lib", "access"},
            {"-", "package", "lib", "collaborators"},
            {"-", "_view", "starredByUser"}
        }) {
            Endpoint endpoint = route("GET", segments);
            assertThat(endpoint).as(String.join("/", segments)).isInstanceOf(Fixed.class);
            assertThat(((Fixed) java.util.Objects.requireNonNull(endpoint))
                            .response()
                            .status())
                    .isEqualTo(404);
        }
    }
}
