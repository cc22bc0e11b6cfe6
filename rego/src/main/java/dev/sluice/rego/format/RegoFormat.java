package dev.sluice.rego.format;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.syntax.AstJson;
import dev.sluice.rego.syntax.Comment;
import dev.sluice.rego.syntax.Import;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Spans;
import dev.sluice.rego.syntax.Written;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Lays modules out as {@code opa fmt} does: tabs, a line for each literal, blanks around operators, imports sorted, lines broken
 * where the source breaks them. What a module means and all comments stay: every rule is read again after it was laid out, and
 * one that did not come out the same is left as it was written.
 */
public final class RegoFormat {
    private final Written module;
    private final Lines lines;
    private final boolean bracketed;
    /** The beginning of a module in the language of this one. */
    private final String language;

    private RegoFormat(Written module, Lines lines) {
        this.module = module;
        this.lines = lines;
        this.language = language(module.module());
        this.bracketed = module.module().rules().stream()
                .noneMatch(rule -> rule.ref().size() > 2 || (rule.ref().size() == 2 && rule.key() != null));
    }

    private static String language(Module module) {
        StringBuilder out = new StringBuilder("package p\n\n");
        module.imports().stream()
                .map(Import::path)
                .filter(path ->
                        !path.getFirst().equals("data") && !path.getFirst().equals("input"))
                .distinct()
                .forEach(path -> out.append("import ").append(dotted(path, "")).append('\n'));
        return out.toString();
    }

    /**
     * A module's text, laid out. Doing so twice gives the same text as once.
     *
     * @throws RegoException when it cannot be parsed
     */
    public static String format(SourceFile source) {
        try {
            Written module = Parser.parseWritten(source);
            return new RegoFormat(module, new Lines(source.text(), module.comments(), 0)).whole();
        } catch (StackOverflowError tooDeep) {
            throw new RegoException(
                    new RegoError(RegoError.PARSE, "the module is nested too deep", source.name(), 1, 1));
        }
    }

    private String whole() {
        Module tree = module.module();
        lines.commentsBefore(offset(tree.location().row()));
        int packageStart = offset(tree.location().row());
        lines.write("package " + dotted(tree.packagePath(), module.text().substring(packageStart, endOfPackage())));
        lines.reached(endOfPackage());
        lines.blankLine();
        imports(tree.imports());
        List<Rule> rules = tree.rules();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            lines.commentsBefore(span(rule).start());
            rule(rule);
            boolean grouped = i + 1 < rules.size()
                    && RulePrinter.isOneLine(rule)
                    && RulePrinter.isOneLine(rules.get(i + 1))
                    && rules.get(i + 1).location().row() == rule.location().row() + 1;
            if (!grouped) {
                lines.blankLine();
            }
        }
        lines.commentsBefore(module.text().length() + 1);
        return lines.toString().stripTrailing() + "\n";
    }

    private Spans.Span span(Object node) {
        return Objects.requireNonNull(module.spans().of(node));
    }

    private String text(Object node) {
        return module.text().substring(span(node).start(), span(node).end());
    }

    private int offset(int row) {
        int at = 0;
        for (int i = 1; i < row; i++) {
            at = module.text().indexOf('\n', at) + 1;
        }
        return at;
    }

    private int endOfPackage() {
        int start = offset(module.module().location().row());
        int end = module.text().indexOf('\n', start);
        end = end < 0 ? module.text().length() : end;
        for (Comment comment : module.comments()) {
            if (comment.start() >= start && comment.start() < end) {
                return comment.start();
            }
        }
        return Math.max(end, start + 1);
    }

    /** A path as text; keywords that {@code written} has in brackets stay there. */
    private static String dotted(List<String> path, String written) {
        StringBuilder out = new StringBuilder(path.getFirst());
        for (String name : path.subList(1, path.size())) {
            boolean stays = Parser.isKeyword(name) && written.contains("[\"" + name + "\"]");
            boolean plain = name.matches("[A-Za-z_][A-Za-z0-9_]*") && !stays;
            out.append(plain ? "." + name : "[" + StringValue.of(name) + "]");
        }
        return out.toString();
    }

    /** Writes imports, sorted between empty lines and comments. */
    private void imports(List<Import> imports) {
        List<Import> group = new ArrayList<>();
        for (int i = 0; i < imports.size(); i++) {
            Import here = imports.get(i);
            group.add(here);
            boolean ends = i + 1 == imports.size()
                    || imports.get(i + 1).location().row() > here.location().row() + 1;
            if (ends) {
                group(group);
                group.clear();
            }
        }
    }

    private void group(List<Import> group) {
        lines.commentsBefore(span(group.getFirst()).start());
        group.sort(Comparator.comparing(Import::path, RegoFormat::compare).thenComparing(Import::alias));
        List<Comment> comments = new ArrayList<>(lines.takeCommentsBefore(endOfLine(group)));
        for (Comment comment : List.copyOf(comments)) {
            if (group.stream().noneMatch(line -> line.location().row() == comment.row())) {
                lines.write("#" + comment.text());
                lines.breakLine();
                comments.remove(comment);
            }
        }
        for (Import line : group) {
            boolean renamed = !line.alias().equals(line.path().getLast());
            lines.write("import " + dotted(line.path(), text(line)) + (renamed ? " as " + line.alias() : ""));
            for (Comment comment : List.copyOf(comments)) {
                if (comment.row() == line.location().row()) {
                    lines.write(" #" + comment.text());
                    comments.remove(comment);
                }
            }
            lines.breakLine();
        }
        lines.blankLine();
    }

    private int endOfLine(List<Import> group) {
        int last = group.stream().mapToInt(line -> span(line).end()).max().orElse(0);
        int end = module.text().indexOf('\n', last);
        lines.reached(end < 0 ? module.text().length() : end);
        return end < 0 ? module.text().length() : end;
    }

    private static int compare(List<String> a, List<String> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = a.get(i).compareTo(b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** Writes a rule; as it is where laying it out would change it. */
    private void rule(Rule rule) {
        Lines.Mark mark = lines.mark();
        int from = lines.length();
        try {
            new RulePrinter(lines, module.spans(), bracketed).rule(rule);
            if (isSame(rule, lines.since(from), lines.commentsSince(mark))) {
                return;
            }
        } catch (Lines.NoPlace commentInside) {
            // then it stays as it is
        }
        lines.rewind(mark);
        lines.copy(span(rule).start(), span(rule).end());
        lines.endLine();
    }

    /** Whether a rule that was laid out is still that rule with all of its comments, and stays as it is when laid out again. */
    private boolean isSame(Rule rule, String text, List<Comment> comments) {
        Written again;
        try {
            again = Parser.parseWritten(new SourceFile("rule", language + text));
        } catch (RegoException broken) {
            return false;
        }
        boolean kept = again.module().rules().size() == 1
                && tree(again.module().rules().getFirst()).equals(tree(rule))
                && texts(again.comments()).equals(texts(comments));
        if (!kept) {
            return false;
        }
        Lines second = new Lines(again.text(), again.comments(), language.length());
        Rule same = again.module().rules().getFirst();
        try {
            new RulePrinter(second, again.spans(), bracketed).rule(same);
        } catch (Lines.NoPlace commentInside) {
            return false;
        }
        return second.toString().equals(text);
    }

    private static List<String> texts(List<Comment> comments) {
        return comments.stream().map(Comment::text).toList();
    }

    private static Value tree(Rule rule) {
        Module alone =
                new Module("rule", rule.location(), List.of("p"), List.of(), List.of(), List.of(rule), List.of());
        return withoutPlaces(AstJson.of(alone));
    }

    /** The tree without what tells how a value or a body that always holds was written: {@code assign}, {@code generated}. */
    private static Value withoutPlaces(Value value) {
        return switch (value) {
            case ObjectValue object -> {
                ObjectValue.Builder out = ObjectValue.builder();
                for (ObjectValue.Entry entry : object.entries()) {
                    if (!entry.key().equals(StringValue.of("assign"))
                            && !entry.key().equals(StringValue.of("generated"))) {
                        out.put(entry.key(), withoutPlaces(entry.value()));
                    }
                }
                yield out.build();
            }
            case ArrayValue array -> {
                List<Value> out = new ArrayList<>();
                array.forEach(element -> out.add(withoutPlaces(element)));
                yield ArrayValue.of(out);
            }
            default -> value;
        };
    }
}
