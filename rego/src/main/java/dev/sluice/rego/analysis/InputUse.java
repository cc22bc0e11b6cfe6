package dev.sluice.rego.analysis;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.StringValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The places of the input that an evaluation may read, found without running it. */
public final class InputUse {
    /** Paths read; null stands for any key. */
    private final List<List<@Nullable String>> paths = new ArrayList<>();

    private final RuleNode root;
    private final Set<RuleNode> seen = new HashSet<>();
    private final Deque<RuleNode> waiting = new ArrayDeque<>();

    private InputUse(RuleNode root) {
        this.root = root;
    }

    /** What the value at a path, the root first, depends on. */
    public static InputUse of(Analysis analysis, List<String> path) {
        InputUse use = new InputUse(analysis.root());
        Location nowhere = new Location("query", 1, 1);
        List<Term> keys = new ArrayList<>();
        for (String name : path.subList(1, path.size())) {
            keys.add(new Term.Constant(nowhere, StringValue.ofName(name)));
        }
        use.reference(new Term.Ref(nowhere, new Term.Var(nowhere, path.getFirst()), keys));
        use.drain();
        return use;
    }

    /** What the solutions of a query depend on. */
    public static InputUse of(Analysis analysis, Body body) {
        InputUse use = new InputUse(analysis.root());
        Dependencies.of(body, use::reference, use::call);
        use.drain();
        return use;
    }

    private void drain() {
        while (!waiting.isEmpty()) {
            for (RuleNode.Definition definition : waiting.removeFirst().definitions()) {
                Dependencies.of(definition.rule(), this::reference, this::call);
            }
        }
    }

    private void add(RuleNode node) {
        if (seen.add(node)) {
            waiting.add(node);
        }
    }

    private void call(Term.Call call) {
        RuleNode node = Dependencies.functionNode(root, call.operator());
        if (node != null) {
            add(node);
        }
    }

    private void reference(Term.Ref ref) {
        if (ref.head() instanceof Term.Var v && v.name().equals("input")) {
            List<@Nullable String> path = new ArrayList<>();
            for (Term part : ref.path()) {
                path.add(Term.constantString(part));
            }
            paths.add(path);
            return;
        }
        Set<RuleNode> nodes = new HashSet<>();
        Dependencies.reached(root, ref, nodes);
        nodes.forEach(this::add);
    }

    /** Whether something at, above or below the path may be read. */
    public boolean mayRead(List<String> inputPath) {
        for (List<@Nullable String> path : paths) {
            boolean apart = false;
            for (int i = 0; i < Math.min(path.size(), inputPath.size()) && !apart; i++) {
                String key = path.get(i);
                apart = key != null && !key.equals(inputPath.get(i));
            }
            if (!apart) {
                return true;
            }
        }
        return false;
    }
}
