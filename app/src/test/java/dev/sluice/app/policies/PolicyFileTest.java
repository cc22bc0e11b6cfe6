package dev.sluice.app.policies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyFileTest {

    private static final String RULE = "package cloudsmith\n\ndefault match := false\n";

    private static Policy read(String... metadata) {
        StringBuilder text = new StringBuilder("# METADATA\n");
        for (String line : metadata) {
            text.append("# ").append(line).append('\n');
        }
        return PolicyFile.read("a-file.rego", text + RULE, null);
    }

    @Test
    void without_metadata_the_file_names_it_and_everything_has_its_default() {
        Policy policy = PolicyFile.read("a-file.rego", RULE, null);
        assertThat(policy.name()).isEqualTo("a-file");
        assertThat(policy.description()).isEmpty();
        assertThat(policy.rego()).isEqualTo(RULE);
        assertThat(policy.enabled()).isTrue();
        assertThat(policy.terminal()).isFalse();
        assertThat(policy.precedence()).isEqualTo(1000);
        assertThat(policy.mode()).isEqualTo(Policy.Mode.ENFORCE);
        assertThat(policy.effect()).isEqualTo(Policy.Effect.REFUSE);
        assertThat(policy.onUnknown()).isEqualTo(Policy.OnUnknown.ALLOW);
        assertThat(policy.scope()).isEqualTo(Policy.Scope.ALL);
        assertThat(policy.actions()).isEmpty();
    }

    @Test
    void metadata_says_everything_the_rule_does_not() {
        Policy policy = read(
                "title: No GPL",
                "description: Ask legal.",
                "custom:",
                "  precedence: 7",
                "  terminal: true",
                "  enabled: false",
                "  mode: warn",
                "  effect: hide",
                "  on_unknown: hold",
                "  repositories: main",
                "  formats: [npm, pypi]",
                "  actions:",
                "    - set_package_state: quarantined",
                "    - add_package_tags: [legal]",
                "    - remove_package_tags: [fine]");
        assertThat(policy.name()).isEqualTo("No GPL");
        assertThat(policy.description()).isEqualTo("Ask legal.");
        assertThat(policy.precedence()).isEqualTo(7);
        assertThat(policy.terminal()).isTrue();
        assertThat(policy.enabled()).isFalse();
        assertThat(policy.mode()).isEqualTo(Policy.Mode.WARN);
        assertThat(policy.effect()).isEqualTo(Policy.Effect.HIDE);
        assertThat(policy.onUnknown()).isEqualTo(Policy.OnUnknown.HOLD);
        assertThat(policy.scope()).isEqualTo(new Policy.Scope(Set.of("main"), Set.of("npm", "pypi")));
        assertThat(policy.actions()).hasSize(3);
        assertThat(policy.actions().get(0))
                .isInstanceOfSatisfying(
                        Action.SetPackageState.class,
                        set -> assertThat(set.state()).isEqualTo(PackageState.QUARANTINED));
        assertThat(policy.actions().get(1))
                .isInstanceOfSatisfying(
                        Action.AddPackageTags.class,
                        add -> assertThat(add.tags()).isEqualTo(List.of("legal")));
        assertThat(policy.actions().get(2))
                .isInstanceOfSatisfying(
                        Action.RemovePackageTags.class,
                        remove -> assertThat(remove.tags()).isEqualTo(List.of("fine")));
    }

    @Test
    void a_misspelt_member_is_named_with_those_there_are() {
        assertThatThrownBy(() -> read("custom:", "  presedence: 7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a-file.rego")
                .hasMessageContaining("custom.presedence")
                .hasMessageContaining("precedence, ");
    }

    @Test
    void a_value_that_is_none_is_named_with_those_there_are() {
        assertThatThrownBy(() -> read("custom:", "  mode: strict"))
                .hasMessageContaining("'strict'")
                .hasMessageContaining("ENFORCE");
        assertThatThrownBy(() -> read("custom:", "  precedence: first")).hasMessageContaining("first");
        assertThatThrownBy(() -> read("custom:", "  precedence: 40000")).hasMessageContaining("32767");
        assertThatThrownBy(() -> read("custom:", "  actions: [delete_everything]"))
                .hasMessageContaining("set_package_state");
        assertThatThrownBy(() -> read("custom:", "  actions:", "    - delete_everything: now"))
                .hasMessageContaining("delete_everything");
    }

    @Test
    void metadata_that_is_no_yaml_names_the_file() {
        assertThatThrownBy(() -> read("title: [")).hasMessageStartingWith("a-file.rego: METADATA: ");
    }

    @Test
    void comments_behind_the_package_line_are_no_metadata() {
        Policy policy = PolicyFile.read("a-file.rego", RULE + "# METADATA\n# title: Something else\n", null);
        assertThat(policy.name()).isEqualTo("a-file");
    }

    @Test
    void a_file_longer_than_any_policy_is_not_read(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("long.rego"), "#".repeat(256 * 1024 + 1));
        assertThatThrownBy(() -> PolicyFile.text(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256 KB");
    }
}
