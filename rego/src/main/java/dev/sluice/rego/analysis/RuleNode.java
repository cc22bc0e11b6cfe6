package dev.sluice.rego.analysis;

import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A place below {@code data} at which rules are defined, or that lies on the way to one. */
public final class RuleNode {
    private final int id;
    private final List<String> path;
    private final Map<String, RuleNode> children = new TreeMap<>();
    private final List<Definition> definitions = new ArrayList<>();
    private boolean isPackage;

    RuleNode(int id, List<String> path) {
        this.id = id;
        this.path = List.copyOf(path);
    }

    /**
     * A rule at this node.
     *
     * @param suffix the part of its name below the node, which holds a variable
     */
    public record Definition(Rule rule, List<Term> suffix, Module module) {}

    /** A small number unique in the program. */
    public int id() {
        return id;
    }

    /** The names below {@code data}. */
    public List<String> path() {
        return path;
    }

    /** For example {@code data.a.b}. */
    public String name() {
        return path.isEmpty() ? "data" : "data." + String.join(".", path);
    }

    /** The nodes directly below. */
    public Map<String, RuleNode> children() {
        return children;
    }

    public @Nullable RuleNode child(String name) {
        return children.get(name);
    }

    /** The rules here, in source order. */
    public List<Definition> definitions() {
        return definitions;
    }

    /** Whether the rules here are functions. */
    public boolean isFunction() {
        return !definitions.isEmpty() && definitions.getFirst().rule().args() != null;
    }

    /** Whether this is the path of a package. */
    public boolean isPackage() {
        return isPackage;
    }

    void markPackage() {
        isPackage = true;
    }
}
