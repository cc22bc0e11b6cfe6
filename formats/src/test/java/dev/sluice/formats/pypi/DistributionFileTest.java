package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.pypi.DistributionFile.Kind;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DistributionFileTest {

    @Test
    void reads_wheel_names() {
        assertRead("foo-bar", "foo_bar-1.0-py3-none-any.whl", Kind.WHEEL, "1.0");
        assertRead("foo-bar", "Foo.Bar-1.0.0-1-cp311-cp311-manylinux_2_17_x86_64.whl", Kind.WHEEL, "1.0.0");
        assertRead("torch", "torch-2.1.0+cpu-cp311-cp311-linux_x86_64.whl", Kind.WHEEL, "2.1.0+cpu");
        assertRead("old", "old-1.0_1-py2-none-any.whl", Kind.WHEEL, "1.0.post1");
    }

    @Test
    void reads_names_of_source_distributions_with_dashes_in_the_project() {
        assertRead("foo-bar", "foo-bar-1.0.tar.gz", Kind.SDIST, "1.0");
        assertRead("foo-bar", "foo_bar-1.0.zip", Kind.SDIST, "1.0");
        assertRead("foo-bar", "foo.bar-1.0rc1.tar.bz2", Kind.SDIST, "1.0rc1");
        assertRead("foo", "foo-1.0-1.tar.gz", Kind.SDIST, "1.0.post1");
        assertRead("zope-interface", "zope.interface-5.0.0.tar.gz", Kind.SDIST, "5.0.0");
        assertRead("foo-2", "foo-2-1.0.tar.gz", Kind.SDIST, "1.0");
    }

    @Test
    void reads_eggs_and_versions_that_are_none() {
        assertRead("foo", "foo-1.0-py2.7.egg", Kind.EGG, "1.0");
        assertRead("pytz", "pytz-2004d-final.tar.gz", Kind.SDIST, "2004d-final");
    }

    @Test
    void refuses_names_of_other_projects_and_other_things() {
        assertNone("foo", "bar-1.0.tar.gz");
        assertNone("foo", "foobar-1.0-py3-none-any.whl");
        assertNone("foo", "foo-1.0.win32.exe");
        assertNone("foo", "foo-1.0-py3-none.whl");
        assertNone("foo", "foo-1.0-x1-py3-none-any.whl");
        assertNone("foo", "foo-.tar.gz");
        assertNone("foo", "foo.tar.gz");
        assertNone("foo", "../foo-1.0.tar.gz");
        assertNone("foo", ".foo-1.0.tar.gz");
        assertNone("foo", "foo-1.0-py3-none-any.whl.metadata");
        assertNone("foo", "foo-1.0\u0000.tar.gz");
    }

    @Test
    void guesses_the_project_where_the_form_has_not_named_it_yet() {
        assertThat(DistributionFile.guessProject("Foo_Bar-1.0-py3-none-any.whl"))
                .isEqualTo("foo-bar");
        assertThat(DistributionFile.guessProject("foo-bar-1.0.tar.gz")).isEqualTo("foo-bar");
        assertThat(DistributionFile.guessProject("foo.txt")).isNull();
    }

    @Test
    void normalises_names_by_pep_503() {
        assertThat(ProjectName.normalise("Foo__.-Bar")).isEqualTo("foo-bar");
        assertThat(ProjectName.isLegal("foo-")).isFalse();
        assertThat(ProjectName.isLegal("a")).isTrue();
        assertThat(ProjectName.isLegal("a/b")).isFalse();
    }

    @Property
    void whatever_is_read_belongs_to_the_project(
            @ForAll
                    @StringLength(max = 40)
                    @Chars({'f', 'o', '-', '_', '.', '1', 'z', 'i', 'p', 'w', 'h', 'l', 't', 'a', 'r', 'g'})
                    String name) {
        DistributionFile file = DistributionFile.parse("foo", "foo" + name);
        if (file != null) {
            assertThat(file.version()).isNotEmpty();
            assertThat("foo" + name).doesNotContain("/").startsWith("foo");
        }
    }

    @Property
    void a_normal_name_is_its_own_normal_form(
            @ForAll @StringLength(max = 30) @Chars({'a', 'B', '-', '_', '.'}) String name) {
        String once = ProjectName.normalise(name);
        assertThat(ProjectName.normalise(once)).isEqualTo(once).doesNotContain("--", "_", ".", "B");
    }

    private static void assertRead(String project, String fileName, Kind kind, String version) {
        assertThat(DistributionFile.parse(project, fileName))
                .as(fileName)
                .isEqualTo(new DistributionFile(kind, version));
    }

    private static void assertNone(String project, String fileName) {
        @Nullable DistributionFile file = DistributionFile.parse(project, fileName);
        assertThat(file).as(fileName).isNull();
    }
}
