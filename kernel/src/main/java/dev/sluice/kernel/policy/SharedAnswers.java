package dev.sluice.kernel.policy;

import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What policies answered about inputs at one instant, for other inputs that they cannot tell apart: a policy that reads nothing but
 * the publish time is asked once per publish time, whatever else differs between the files of a package.
 *
 * <p>Whether two inputs can be told apart is decided by the values themselves: all members of the input that the policy may read
 * are equal. So the decisions are those that asking every time would give. Use it from one thread, for one package and one instant.
 */
public final class SharedAnswers {

    private static final StringValue V0 = StringValue.of("v0");

    /** Members of {@code input.v0} in which single members are told apart. */
    private static final List<StringValue> OPENED =
            List.of(StringValue.of("package"), StringValue.of("identity"), StringValue.of("signals"));

    private record Key(List<@Nullable Value> read, Set<UnknownFact> unknown) {}

    /** Where a policy may look, and what it answered. */
    private record Reader(List<List<StringValue>> paths, Map<Key, CompiledPolicy.Answer> answers) {}

    private final Instant now;
    private final IdentityHashMap<CompiledPolicy, Reader> readers = new IdentityHashMap<>();
    private @Nullable List<List<StringValue>> shape;
    private @Nullable ObjectValue fitting;
    private long evaluations;

    /** No answers yet. */
    public SharedAnswers(Instant now) {
        this.now = now;
    }

    /** The instant of all answers. */
    public Instant now() {
        return now;
    }

    /** How many times a policy was really asked. */
    public long evaluations() {
        return evaluations;
    }

    @SuppressWarnings("ReferenceEquality") // the same input is shown to policy after policy
    CompiledPolicy.Answer of(CompiledPolicy policy, ObjectValue input, Set<UnknownFact> unknown) {
        List<List<StringValue>> known = shape;
        if (known == null) {
            known = shape(input);
            shape = known;
        } else if (input != fitting && !isShapedAs(fitting, input) && !fits(input, known)) {
            evaluations++;
            return policy.ask(input, unknown, now); // it has other members: what is read there is not compared
        }
        fitting = input;
        Reader reader = readers.get(policy);
        if (reader == null) {
            reader = new Reader(
                    known.stream().filter(path -> policy.mayRead(texts(path))).toList(), new HashMap<>());
            readers.put(policy, reader);
        }
        List<@Nullable Value> read = new ArrayList<>(reader.paths().size());
        for (List<StringValue> path : reader.paths()) {
            read.add(at(input, path));
        }
        Key key = new Key(read, unknown);
        CompiledPolicy.Answer answer = reader.answers().get(key);
        if (answer == null) {
            evaluations++;
            answer = policy.ask(input, unknown, now);
            reader.answers().put(key, answer);
        }
        return answer;
    }

    private static List<String> texts(List<StringValue> path) {
        return path.stream().map(StringValue::value).toList();
    }

    private static @Nullable Value at(ObjectValue input, List<StringValue> path) {
        Value at = input;
        for (StringValue member : path) {
            at = at instanceof ObjectValue object ? object.get(member) : null;
        }
        return at;
    }

    /** Paths of the members that are compared, each as a whole; every other path of the input leads into one of them. */
    private static List<List<StringValue>> shape(ObjectValue input) {
        List<List<StringValue>> paths = new ArrayList<>();
        members(List.of(), input, paths);
        return paths;
    }

    private static void members(List<StringValue> above, ObjectValue object, List<List<StringValue>> into) {
        for (Value name : object.keys()) {
            if (name instanceof StringValue text) {
                List<StringValue> path = new ArrayList<>(above);
                path.add(text);
                boolean opened = above.isEmpty() ? text.equals(V0) : above.size() == 1 && OPENED.contains(text);
                if (opened && object.get(name) instanceof ObjectValue inner) {
                    members(path, inner, into);
                } else {
                    into.add(List.copyOf(path));
                }
            }
        }
    }

    /** Whether the input surely has the members that the other one has, which costs less to see than to look for them. */
    private static boolean isShapedAs(@Nullable ObjectValue known, ObjectValue input) {
        if (known == null
                || input.size() != 1
                || !(input.get(V0) instanceof ObjectValue v0)
                || !(known.get(V0) instanceof ObjectValue other)
                || !v0.isShapedAs(other)) {
            return false;
        }
        for (StringValue name : OPENED) {
            if (!(v0.get(name) instanceof ObjectValue mine)
                    || !(other.get(name) instanceof ObjectValue theirs)
                    || !mine.isShapedAs(theirs)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the input has the members of that shape and no others. */
    private static boolean fits(ObjectValue input, List<List<StringValue>> shape) {
        if (input.size() != 1 || !(input.get(V0) instanceof ObjectValue v0)) {
            return false;
        }
        int members = v0.size();
        for (StringValue name : OPENED) {
            members += v0.get(name) instanceof ObjectValue object ? object.size() - 1 : 0;
        }
        if (members != shape.size()) {
            return false;
        }
        for (List<StringValue> path : shape) { // once for each file of an index
            if (at(input, path) == null) {
                return false;
            }
        }
        return true;
    }
}
