package dev.sluice.rego.syntax;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tree of a module in the form that OPA gives it as JSON, without locations. */
public final class AstJson {
    private final Map<String, String> wildcards = new TreeMap<>();

    private AstJson() {}

    /** The tree of a module. */
    public static ObjectValue of(Module module) {
        AstJson json = new AstJson();
        List<Value> path = new ArrayList<>();
        path.add(tagged("var", StringValue.of("data")));
        module.packagePath().forEach(name -> path.add(tagged("string", StringValue.of(name))));
        ObjectValue.Builder out = ObjectValue.builder();
        out.put(
                "package",
                ObjectValue.builder().put("path", ArrayValue.of(path)).build());
        List<Value> imports = new ArrayList<>();
        for (Import line : module.imports()) {
            ObjectValue.Builder one = ObjectValue.builder();
            one.put("path", names(line.path()));
            if (!line.alias().equals(line.path().getLast())) {
                one.put("alias", StringValue.of(line.alias()));
            }
            imports.add(one.build());
        }
        if (!imports.isEmpty()) {
            out.put("imports", ArrayValue.of(imports));
        }
        List<Value> rules = new ArrayList<>();
        module.rules().forEach(rule -> rules.add(json.rule(rule)));
        if (!rules.isEmpty()) {
            out.put("rules", ArrayValue.of(rules));
        }
        return out.build();
    }

    private static ObjectValue tagged(String type, Value value) {
        return ObjectValue.builder()
                .put("type", StringValue.of(type))
                .put("value", value)
                .build();
    }

    /** A reference whose first name is a variable. */
    private static ObjectValue names(List<String> path) {
        List<Value> parts = new ArrayList<>();
        for (String name : path) {
            parts.add(tagged(parts.isEmpty() ? "var" : "string", StringValue.of(name)));
        }
        return tagged("ref", ArrayValue.of(parts));
    }

    private Value rule(Rule rule) {
        ObjectValue.Builder out = ObjectValue.builder();
        if (rule.isDefault()) {
            out.put("default", BooleanValue.TRUE);
        }
        out.put("head", head(rule, rule.value(), rule.location()));
        out.put("body", body(rule.body()));
        if (rule.otherwise() != null) {
            out.put("else", otherwise(rule, rule.otherwise()));
        }
        return out.build();
    }

    private Value otherwise(Rule rule, Rule.Else branch) {
        ObjectValue.Builder out = ObjectValue.builder();
        out.put("head", head(rule, branch.value(), branch.location())).put("body", body(branch.body()));
        if (branch.otherwise() != null) {
            out.put("else", otherwise(rule, branch.otherwise()));
        }
        return out.build();
    }

    private Value head(Rule rule, Term value, Location start) {
        List<Value> ref = new ArrayList<>();
        for (Term part : rule.ref()) {
            ref.add(ref.isEmpty() ? tagged("var", StringValue.of(rule.name())) : term(part));
        }
        ObjectValue.Builder out = ObjectValue.builder();
        out.put("ref", ArrayValue.of(ref));
        if (ref.size() == 1) {
            out.put("name", StringValue.of(rule.name()));
        }
        if (rule.args() != null) {
            out.put("args", terms(rule.args()));
        }
        if (rule.key() != null) {
            out.put("key", term(rule.key()));
        } else {
            out.put("value", term(value));
            // A value that nobody wrote stands where its rule begins.
            if (!value.location().equals(start)) {
                out.put("assign", BooleanValue.TRUE);
            }
        }
        return out.build();
    }

    private ArrayValue body(Body body) {
        List<Value> out = new ArrayList<>();
        for (Expr expr : body.literals()) {
            out.add(literal(expr, out.size()));
        }
        if (out.isEmpty()) {
            out.add(ObjectValue.builder()
                    .put("generated", BooleanValue.TRUE)
                    .put("index", NumberValue.ZERO)
                    .put("terms", tagged("boolean", BooleanValue.TRUE))
                    .build());
        }
        return ArrayValue.of(out);
    }

    private Value literal(Expr expr, int index) {
        ObjectValue.Builder out = ObjectValue.builder();
        out.put("index", NumberValue.of(index));
        if (expr.negated()) {
            out.put("negated", BooleanValue.TRUE);
        }
        out.put("terms", statement(expr.statement()));
        if (!expr.withs().isEmpty()) {
            List<Value> withs = new ArrayList<>();
            for (With with : expr.withs()) {
                withs.add(ObjectValue.builder()
                        .put("target", term(with.target()))
                        .put("value", term(with.value()))
                        .build());
            }
            out.put("with", ArrayValue.of(withs));
        }
        return out.build();
    }

    private Value statement(Expr.Statement statement) {
        return switch (statement) {
            case Expr.Truth s ->
                s.term() instanceof Term.Call call
                        ? call(call.operator(), call.args().toArray(new Term[0]))
                        : term(s.term());
            case Expr.Unify s -> call(List.of("eq"), s.left(), s.right());
            case Expr.Assign s -> call(List.of("assign"), s.left(), s.right());
            case Expr.Some s -> symbols(terms(List.copyOf(s.vars())));
            case Expr.SomeIn s ->
                symbols(ArrayValue.of(tagged(
                        "call",
                        s.key() == null
                                ? call(List.of("internal", "member_2"), s.value(), s.collection())
                                : call(List.of("internal", "member_3"), s.key(), s.value(), s.collection()))));
            case Expr.Every s ->
                ObjectValue.builder()
                        .put("key", s.key() == null ? NullValue.NULL : term(s.key()))
                        .put("value", term(s.value()))
                        .put("domain", term(s.domain()))
                        .put("body", body(s.body()))
                        .build();
            case Expr.NotBody s ->
                ObjectValue.builder()
                        .put("type", StringValue.of("not"))
                        .put("body", body(s.body()))
                        .put("explicit_body", BooleanValue.of(s.braced()))
                        .build();
            case Expr.Logic s -> {
                ObjectValue.Builder out = ObjectValue.builder();
                out.put("type", StringValue.of(s.and() ? "and" : "or"))
                        .put("lhs", body(s.left().body()))
                        .put("rhs", body(s.right().body()));
                if (s.left().braced()) {
                    out.put("explicit_lhs", BooleanValue.TRUE);
                }
                if (s.right().braced()) {
                    out.put("explicit_rhs", BooleanValue.TRUE);
                }
                yield out.build();
            }
        };
    }

    private static Value symbols(ArrayValue symbols) {
        return ObjectValue.builder().put("symbols", symbols).build();
    }

    private ArrayValue call(List<String> operator, Term... args) {
        List<Value> out = new ArrayList<>();
        out.add(names(operator));
        for (Term arg : args) {
            out.add(term(arg));
        }
        return ArrayValue.of(out);
    }

    private ArrayValue terms(List<? extends Term> terms) {
        List<Value> out = new ArrayList<>();
        terms.forEach(t -> out.add(term(t)));
        return ArrayValue.of(out);
    }

    private Value term(Term term) {
        return switch (term) {
            case Term.Constant c -> constant(c.value());
            case Term.Var v -> tagged("var", StringValue.of(name(v)));
            case Term.Ref r -> {
                List<Value> parts = new ArrayList<>();
                parts.add(term(r.head()));
                r.path().forEach(p -> parts.add(term(p)));
                yield tagged("ref", ArrayValue.of(parts));
            }
            case Term.ArrayTerm a -> tagged("array", terms(a.items()));
            case Term.SetTerm s -> tagged("set", terms(s.items()));
            case Term.ObjectTerm o -> {
                List<Value> entries = new ArrayList<>();
                o.entries().forEach(e -> entries.add(ArrayValue.of(term(e.key()), term(e.value()))));
                yield tagged("object", ArrayValue.of(entries));
            }
            case Term.Call c -> tagged("call", call(c.operator(), c.args().toArray(new Term[0])));
            case Term.Comprehension c -> comprehension(c);
            case Term.TemplateString t -> template(t);
        };
    }

    private String name(Term.Var v) {
        if (!v.isWildcard()) {
            return v.name();
        }
        String next = "$" + wildcards.size();
        return wildcards.computeIfAbsent(v.name(), n -> next);
    }

    private static Value constant(Value value) {
        return switch (value) {
            case NullValue _ -> tagged("null", ObjectValue.EMPTY);
            case BooleanValue bool -> tagged("boolean", bool);
            case NumberValue number -> tagged("number", number);
            case StringValue text -> tagged("string", text);
            case ArrayValue array -> tagged("array", constants(array));
            case SetValue set -> tagged("set", constants(set.toSortedArray()));
            case ObjectValue object -> {
                List<Value> entries = new ArrayList<>();
                object.entries().forEach(e -> entries.add(ArrayValue.of(constant(e.key()), constant(e.value()))));
                yield tagged("object", ArrayValue.of(entries));
            }
        };
    }

    private static ArrayValue constants(ArrayValue array) {
        List<Value> out = new ArrayList<>();
        array.forEach(v -> out.add(constant(v)));
        return ArrayValue.of(out);
    }

    private Value comprehension(Term.Comprehension c) {
        ObjectValue.Builder out = ObjectValue.builder();
        @Nullable Term key = c.key();
        if (key != null) {
            out.put("key", term(key)).put("value", term(c.value()));
        } else {
            out.put("term", term(c.value()));
        }
        out.put("body", body(c.body()));
        String kind = switch (c.kind()) {
            case ARRAY -> "arraycomprehension";
            case SET -> "setcomprehension";
            case OBJECT -> "objectcomprehension";
        };
        return tagged(kind, out.build());
    }

    private Value template(Term.TemplateString template) {
        List<Value> parts = new ArrayList<>();
        for (Term part : template.parts()) {
            if (part instanceof Term.Constant) {
                parts.add(term(part));
            } else {
                Term inner = part instanceof Term.ArrayTerm a ? a.items().getFirst() : part;
                parts.add(ObjectValue.builder()
                        .put("index", NumberValue.ZERO)
                        .put("terms", term(inner))
                        .build());
            }
        }
        return tagged(
                "templatestring",
                ObjectValue.builder()
                        .put("parts", ArrayValue.of(parts))
                        .put("multi_line", BooleanValue.FALSE)
                        .build());
    }
}
