package dev.sluice.app;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.gate.Released;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/** The fine arrows: what Maven's edges between modules cannot say. */
final class ArchitectureTest {

    private static final List<String> FORMATS = List.copyOf(EveryFormatIsWiredTest.folders());

    /** What each room may know of the others. */
    private static final Map<String, Set<String>> ROOMS = Map.of(
            "rego", Set.of(),
            "kernel", Set.of("rego"),
            "formats", Set.of("kernel", "rego"),
            "inspect", Set.of("kernel", "rego"),
            "feeds", Set.of("kernel", "rego"),
            "storage", Set.of("kernel", "rego"),
            "upstream", Set.of("kernel", "rego"),
            "server", Set.of("kernel", "rego"));

    /** Who reads streams or files to their end, and what bounds that. */
    private static final Map<String, String> READS_TO_THE_END = Map.ofEntries(
            Map.entry(
                    "dev.sluice.app.control.ControlFile",
                    "a file this program wrote, mode 600, in its own data directory"),
            Map.entry("dev.sluice.app.policies.StarterPolicies", "resources of this build"),
            Map.entry("dev.sluice.formats.protocol.Body", "passes over the rest of a body that the server bounds"),
            Map.entry("dev.sluice.formats.pypi.UploadForm", "streams into an upload that the gate bounds"),
            Map.entry("dev.sluice.formats.pypi.PypiProxying", "an index, bounded by limits.index when it was obtained"),
            Map.entry(
                    "dev.sluice.formats.maven.MavenProxying", "an index, bounded by limits.index when it was obtained"),
            Map.entry("dev.sluice.kernel.gate.Fetching", "the upstream client is given limits.artifact"),
            Map.entry("dev.sluice.kernel.gate.Documents", "the upstream client is given the longest document"),
            Map.entry("dev.sluice.kernel.gate.Gate", "documents kept here, bounded when they were obtained"),
            Map.entry("dev.sluice.server.api.Replies", "an answer that this program made"));

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/testkit/") && !location.contains("/test-classes/"))
            .importPackages("dev.sluice");

    @Test
    void every_room_is_looked_at() {
        assertThat(ROOMS.keySet())
                .allSatisfy(room -> assertThat(
                                PRODUCT.stream().filter(c -> c.getPackageName().startsWith("dev.sluice." + room)))
                        .isNotEmpty());
    }

    @Test
    void rooms_know_only_what_they_may() {
        Set<String> all = new TreeSet<>(ROOMS.keySet());
        all.add("app");
        ROOMS.forEach((room, known) -> {
            String[] others = all.stream()
                    .filter(other -> !other.equals(room) && !known.contains(other))
                    .map(other -> "dev.sluice." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.sluice." + room + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .because("rooms meet in the kernel and are wired by app (ADR 001)")
                    .check(PRODUCT);
        });
    }

    @Test
    void the_floors_of_the_kernel_form_no_circle() {
        slices().matching("dev.sluice.kernel.(*)..")
                .should()
                .beFreeOfCycles()
                .because("what a floor stands on must not lean on it")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.sluice.kernel.format..")
                .and()
                .resideInAPackage("dev.sluice.kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.sluice.kernel.format..")
                .because("the gate asks an Ecosystem; protocols stand above it")
                .check(PRODUCT);
    }

    @Test
    void the_kernel_is_the_product_without_any_technology() {
        classes()
                .that()
                .resideInAPackage("dev.sluice.kernel..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sluice.kernel..",
                        "dev.sluice.rego..",
                        "java..",
                        "org.jspecify..",
                        "com.github.benmanes.caffeine..")
                .because("technology comes and goes behind ports; what decides must not move with it")
                .check(PRODUCT);
    }

    @Test
    void the_policy_language_knows_nothing_of_packages() {
        classes()
                .that()
                .resideInAPackage("dev.sluice.rego..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sluice.rego..",
                        "java..",
                        "javax.crypto..",
                        "org.jspecify..",
                        "com.google.re2j..",
                        "tools.jackson.core..",
                        "org.bouncycastle..",
                        "org.snakeyaml.engine..")
                .because("it is a library of its own")
                .check(PRODUCT);
    }

    @Test
    void formats_do_not_know_each_other() {
        for (String format : FORMATS) {
            String[] others = FORMATS.stream()
                    .filter(other -> !other.equals(format))
                    .map(other -> "dev.sluice.formats." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.sluice.formats." + format + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .because(
                            "a format is added or taken away without touching another; they share formats.version and formats.protocol only")
                    .check(PRODUCT);
        }
    }

    @Test
    void what_formats_share_knows_no_format() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.sluice.formats.version..", "dev.sluice.formats.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FORMATS.stream()
                        .map(f -> "dev.sluice.formats." + f + "..")
                        .toArray(String[]::new))
                .because("every format may use it")
                .check(PRODUCT);
    }

    @Test
    void only_the_upstream_room_reaches_out() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.sluice.upstream..")
                .and(describe("are not app.Api", c -> !outermost(c).equals("dev.sluice.app.command.Api")))
                .and(describe(
                        "only judge certificates, which the JDK hands over with a socket",
                        c -> !c.isAssignableTo(X509ExtendedTrustManager.class)
                                && !c.isAssignableTo(X509ExtendedKeyManager.class)))
                .should()
                .dependOnClassesThat(describe(
                        "open connections",
                        c -> c.getPackageName().equals("java.net.http")
                                || Set.of(
                                                "java.net.Socket",
                                                "java.net.ServerSocket",
                                                "java.net.DatagramSocket",
                                                "java.net.URLConnection",
                                                "java.net.HttpURLConnection",
                                                "java.nio.channels.SocketChannel",
                                                "java.nio.channels.AsynchronousSocketChannel")
                                        .contains(c.getName())))
                .orShould()
                .accessTargetWhere(called("java.net.URL", Set.of("openStream", "openConnection", "getContent")))
                .because("one place bounds time and bytes and cannot be steered inward; app.Api calls our own server")
                .check(PRODUCT);
    }

    @Test
    void the_app_has_floors() {
        List<String> below = Stream.of("feed", "upkeep", "policies", "control", "logging", "machine", "config")
                .map(name -> "dev.sluice.app." + name + "..")
                .toList();
        noClasses()
                .that()
                .resideInAnyPackage(below.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sluice.app.wiring..", "dev.sluice.app.command..", "dev.sluice.app")
                .because("what does the work is given what it uses, and does not know who opened it (ADR 028)")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("dev.sluice.app.wiring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sluice.app.command..", "dev.sluice.app")
                .because("a server runs whoever asked for it (ADR 028)")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("dev.sluice.app.command..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.sluice.app")
                .because("the table of commands knows them, not they it (ADR 028)")
                .check(PRODUCT);
    }

    @Test
    void areas_of_the_server_know_only_its_operations_and_the_door_knows_no_area() {
        Map<String, List<String>> unknown = Map.of(
                "dev.sluice.server.api",
                List.of("dev.sluice.server", "dev.sluice.server.page", "dev.sluice.server.trace"),
                "dev.sluice.server.page",
                List.of("dev.sluice.server", "dev.sluice.server.api", "dev.sluice.server.trace"),
                "dev.sluice.server.operation",
                List.of(
                        "dev.sluice.server",
                        "dev.sluice.server.api",
                        "dev.sluice.server.page",
                        "dev.sluice.server.trace"),
                "dev.sluice.server",
                List.of("dev.sluice.server.api", "dev.sluice.server.page"));
        unknown.forEach((area, others) -> noClasses()
                .that()
                .resideInAPackage(area)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others.toArray(String[]::new))
                .because("an area gives its operations, and whoever wires hands them to the door (ADR 027)")
                .check(PRODUCT));
    }

    private static final DescribedPredicate<JavaAccess<?>> OPENS_A_BLOB = describe(
            "BlobStore.open or path",
            access -> access.getTargetOwner().isAssignableTo(BlobStore.class)
                    && Set.of("open", "path").contains(access.getName())
                    && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                    && target.getRawParameterTypes().stream().anyMatch(p -> p.isEquivalentTo(Digest.class)));

    private static final DescribedPredicate<JavaAccess<?>> MAKES_A_RELEASED = describe(
            "constructors of Released",
            access -> access.getTargetOwner().isEquivalentTo(Released.class)
                    && access.getName().equals("<init>"));

    private static final DescribedPredicate<JavaAccess<?>> ASKS_RELEASING = describe(
            "Releasing",
            access -> access.getTargetOwner().getName().equals("dev.sluice.kernel.gate.Releasing")
                    && !access.getOriginOwner().equals(access.getTargetOwner()));

    @Test
    void only_the_gate_and_storage_open_blobs() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.sluice.kernel.gate..", "dev.sluice.storage.blob..", "dev.sluice.storage.upkeep..")
                .should()
                .accessTargetWhere(OPENS_A_BLOB)
                .because("artifact bytes leave by one door")
                .check(PRODUCT);
        assertThat(whoDoes(OPENS_A_BLOB)).contains("dev.sluice.kernel.gate.Released");
    }

    @Test
    void only_the_gate_lets_out() {
        assertThat(whoDoes(MAKES_A_RELEASED)).containsExactly("dev.sluice.kernel.gate.Releasing");
        assertThat(whoDoes(ASKS_RELEASING)).containsExactly("dev.sluice.kernel.gate.Gate");
    }

    private static final DescribedPredicate<JavaAccess<?>> LOOKS_AT_THE_CLOCK =
            describe("the clock of the machine", access -> {
                String owner = access.getTargetOwner().getName();
                return (owner.startsWith("java.time.")
                                && Set.of("now", "system", "systemUTC", "systemDefaultZone", "tick")
                                        .contains(access.getName()))
                        || (owner.equals("java.lang.System") && access.getName().equals("currentTimeMillis"))
                        || (owner.equals("java.util.Date") && hasNoParameters(access));
            });

    @Test
    void time_is_handed_in_by_the_composition_root() {
        assertThat(whoDoes(LOOKS_AT_THE_CLOCK))
                .as("a decision is a function of its instant, and tests never wait: take an InstantSource")
                .containsExactly(
                        "dev.sluice.app.command.Api",
                        "dev.sluice.app.command.serve.Serve",
                        "dev.sluice.app.command.upkeep.Migrate");
    }

    private static boolean hasNoParameters(JavaAccess<?> access) {
        return access.getName().equals("<init>")
                && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                && target.getRawParameterTypes().isEmpty();
    }

    /** The outermost classes from which something is accessed. */
    private static Set<String> whoDoes(DescribedPredicate<JavaAccess<?>> something) {
        Set<String> who = new TreeSet<>();
        for (JavaClass each : PRODUCT) {
            for (JavaAccess<?> access : each.getAccessesFromSelf()) {
                if (something.test(access)) {
                    who.add(outermost(each));
                }
            }
        }
        return who;
    }

    @Test
    void every_endpoint_declares_a_permission() {
        classes()
                .that()
                .implement(Endpoint.class)
                .and()
                .areNotInterfaces()
                .should(new ArchCondition<JavaClass>("declare a permission of their own") {
                    @Override
                    public void check(JavaClass endpoint, ConditionEvents events) {
                        boolean declared = endpoint.getAllMethods().stream()
                                .anyMatch(m -> m.getName().equals("permission")
                                        && !m.getOwner().isInterface()
                                        && !m.getModifiers().contains(JavaModifier.ABSTRACT));
                        events.add(new SimpleConditionEvent(endpoint, declared, endpoint.getName()));
                    }
                })
                .because("what nobody thought of must not be open")
                .check(PRODUCT);
    }

    @Test
    void what_is_read_to_its_end_is_bounded_elsewhere() {
        TreeMap<String, Set<String>> found = new TreeMap<>();
        for (JavaClass each : PRODUCT) {
            for (JavaAccess<?> access : each.getAccessesFromSelf()) {
                JavaClass owner = access.getTargetOwner();
                boolean stream = owner.isAssignableTo(InputStream.class)
                        && Set.of("readAllBytes", "transferTo").contains(access.getName());
                boolean file = owner.isEquivalentTo(Files.class)
                        && Set.of("readAllBytes", "readString", "readAllLines", "lines")
                                .contains(access.getName());
                if (stream || file) {
                    found.computeIfAbsent(outermost(each), name -> new TreeSet<>())
                            .add(access.getDescription());
                }
            }
        }
        assertThat(found.keySet())
                .as("bound the read (readNBytes), or say here what bounds it: %s", found)
                .isEqualTo(new TreeSet<>(READS_TO_THE_END.keySet()));
    }

    private static String outermost(JavaClass inner) {
        int dollar = inner.getName().indexOf('$');
        return dollar < 0 ? inner.getName() : inner.getName().substring(0, dollar);
    }

    @Test
    void names_say_what_a_thing_is() {
        noClasses()
                .should(new ArchCondition<JavaClass>("have a name that says nothing") {
                    @Override
                    public void check(JavaClass each, ConditionEvents events) {
                        boolean empty = each.getSimpleName()
                                .matches("Abstract[A-Z].*|.*(Manager|Helper|Utils?|Impl|Base|Common)");
                        events.add(new SimpleConditionEvent(each, empty, each.getName()));
                    }
                })
                .because("the field has nouns for its things (STYLE.md)")
                .check(PRODUCT);
    }

    @Test
    void nobody_logs_past_the_log() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.sluice.app..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .orShould()
                .accessTargetWhere(called("java.lang.System", Set.of("out", "err")))
                .because("one log, with keys and values; only the command line talks to a terminal")
                .check(PRODUCT);
    }

    @Test
    void every_package_says_what_it_is_and_that_nothing_is_null_unless_marked() throws IOException {
        for (String module : Pom.of(Checkout.ROOT.resolve("pom.xml")).modules()) {
            Path sources = Checkout.ROOT.resolve(module).resolve("src/main/java");
            if (!Files.isDirectory(sources)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(sources)) {
                assertThat(files.filter(f -> f.toString().endsWith(".java"))
                                .map(Path::getParent)
                                .distinct()
                                .map(folder -> folder.resolve("package-info.java"))
                                .toList())
                        .allSatisfy(info -> assertThat(Checkout.text(info))
                                .startsWith("/**")
                                .contains("@NullMarked"));
            }
        }
    }

    private static DescribedPredicate<JavaAccess<?>> called(String owner, Set<String> names) {
        return describe(
                owner + " " + names,
                access -> access.getTargetOwner().getName().equals(owner) && names.contains(access.getName()));
    }
}
