package dev.sluice.rego.syntax;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import dev.sluice.rego.value.Yaml;
import dev.sluice.rego.value.YamlFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The METADATA comment blocks of a module, taken in order by the statements they stand above. */
final class Metadata {
    private final String file;
    private final List<Block> blocks = new ArrayList<>();
    private final List<RegoError> errors = new ArrayList<>();
    private int taken;

    /** A block as written: its first row, the column of its comment sign, and its lines. */
    private record Block(int row, List<String> lines) {
        String text() {
            return String.join("\n", lines) + "\n";
        }
    }

    Metadata(String file, List<Comment> comments) {
        this.file = file;
        int i = 0;
        while (i < comments.size()) {
            Comment first = comments.get(i++);
            if (!first.ownLine() || !isStart(first)) {
                continue;
            }
            List<String> lines = new ArrayList<>();
            int row = first.row();
            while (i < comments.size() && comments.get(i).row() == row + 1 && !isStart(comments.get(i))) {
                String line = comments.get(i++).text();
                lines.add(line.startsWith(" ") ? line.substring(1) : line);
                row++;
            }
            blocks.add(new Block(first.row(), lines));
        }
    }

    private static boolean isStart(Comment comment) {
        return comment.text().strip().equals("METADATA");
    }

    /**
     * The blocks above a statement that no statement before it took.
     *
     * @param statement {@code rule}, {@code package} or {@code import}
     */
    List<Annotations> above(int row, String statement) {
        List<Annotations> out = new ArrayList<>();
        while (taken < blocks.size() && blocks.get(taken).row < row) {
            try {
                out.add(read(blocks.get(taken++), statement));
            } catch (ParseFailure malformed) {
                errors.add(malformed.error());
            }
        }
        return List.copyOf(out);
    }

    /** What is wrong with the blocks, also that some stand above nothing. Asked once all statements were read. */
    List<RegoError> errors() {
        above(Integer.MAX_VALUE, "");
        return errors;
    }

    private ParseFailure failure(int row, String message) {
        return new ParseFailure(new Location(file, row, 1).error(RegoError.PARSE, message));
    }

    private Annotations read(Block block, String statement) {
        if (block.text().isBlank()) {
            throw failure(block.row, "expected METADATA block, found whitespace");
        }
        Value value;
        try {
            value = Yaml.read(block.text());
        } catch (YamlFault fault) {
            throw failure(block.row + fault.line(), String.valueOf(fault.getMessage()));
        }
        ObjectValue said = switch (value) {
            case ObjectValue object -> object;
            case NullValue _ -> ObjectValue.EMPTY;
            default ->
                throw failure(
                        block.row + 1,
                        "yaml: unmarshal errors:\n  line 1: cannot unmarshal into a block of named fields");
        };
        String scope = scope(block, said, statement);
        ObjectValue.Builder fields = ObjectValue.builder();
        fields.put("scope", StringValue.of(scope));
        List<Annotations.SchemaUse> schemas = new ArrayList<>();
        for (ObjectValue.Entry entry : said.entries()) {
            field(block, ((StringValue) entry.key()).value(), entry.value(), fields, schemas);
        }
        return new Annotations(new Location(file, block.row, 1), scope, fields.build(), schemas);
    }

    private String scope(Block block, ObjectValue said, String statement) {
        String scope = said.get("scope") instanceof StringValue text ? text.value() : "";
        boolean entrypoint = said.get("entrypoint") == BooleanValue.TRUE;
        if (scope.isEmpty()) {
            scope = statement.equals("rule") && entrypoint ? "document" : statement;
        }
        String wanted = switch (scope) {
            case "rule", "document" -> "rule";
            case "package", "subpackages" -> "package";
            default ->
                throw failure(
                        block.row,
                        "invalid annotation scope '" + scope
                                + "'. Use one of 'rule', 'document', 'package', or 'subpackages'");
        };
        if (!wanted.equals(statement)) {
            throw failure(
                    block.row,
                    "annotation scope '" + scope + "' must be applied to " + wanted
                            + (statement.isEmpty() ? "" : " (have " + statement + ")"));
        }
        if (entrypoint && !scope.equals("document") && !scope.equals("package")) {
            throw failure(block.row, "annotation entrypoint applied to non-document or package scope '" + scope + "'");
        }
        return scope;
    }

    private void field(
            Block block, String name, Value value, ObjectValue.Builder fields, List<Annotations.SchemaUse> schemas) {
        switch (name) {
            case "title", "description" -> {
                String text = value instanceof StringValue string ? string.value() : value.toString();
                if (!text.isEmpty() && value != NullValue.NULL) {
                    fields.put(name, StringValue.of(text));
                }
            }
            case "entrypoint" -> {
                if (value == BooleanValue.TRUE) {
                    fields.put(name, value);
                }
            }
            case "organizations" -> putList(fields, name, list(block, name, value));
            case "authors" -> {
                List<Value> authors = new ArrayList<>();
                for (Value author : list(block, name, value)) {
                    authors.add(author(block, author));
                }
                putList(fields, name, authors);
            }
            case "related_resources" -> {
                List<Value> resources = new ArrayList<>();
                for (Value resource : list(block, name, value)) {
                    resources.add(resource(block, resource));
                }
                putList(fields, name, resources);
            }
            case "schemas" -> {
                List<Value> shown = new ArrayList<>();
                for (Value pair : list(block, name, value)) {
                    shown.add(schema(block, pair, schemas));
                }
                putList(fields, name, shown);
            }
            case "custom", "labels", "compile" -> {
                if (!(value instanceof ObjectValue)) {
                    throw failure(
                            block.row + 1,
                            "yaml: unmarshal errors:\n  " + name + ": cannot unmarshal "
                                    + value.kind().word() + " into map[string]interface {}");
                }
                fields.put(name, value);
            }
            default -> {}
        }
    }

    private static void putList(ObjectValue.Builder fields, String name, List<Value> values) {
        if (!values.isEmpty()) {
            fields.put(name, ArrayValue.of(values));
        }
    }

    private List<Value> list(Block block, String name, Value value) {
        if (value instanceof ArrayValue array) {
            return List.of(array.toArray());
        }
        if (value == NullValue.NULL) {
            return List.of();
        }
        throw failure(
                block.row + 1,
                "yaml: unmarshal errors:\n  " + name + ": cannot unmarshal "
                        + value.kind().word() + " into []interface {}");
    }

    private Value author(Block block, Value given) {
        String name = "";
        String email = "";
        if (given instanceof StringValue text) {
            String stripped = text.value().strip().replaceAll("\\s+", " ");
            int open = stripped.lastIndexOf(" <");
            boolean mail = stripped.endsWith(">") && (open >= 0 || stripped.startsWith("<"));
            name = mail ? stripped.substring(0, Math.max(0, open)) : stripped;
            email = mail ? stripped.substring(stripped.lastIndexOf('<') + 1, stripped.length() - 1) : "";
        } else if (given instanceof ObjectValue object) {
            name = text(object, "name");
            email = text(object, "email");
        }
        if (name.isEmpty() && email.isEmpty()) {
            throw failure(block.row, "invalid author definition: 'name' and/or 'email' values required in object");
        }
        ObjectValue.Builder out = ObjectValue.builder();
        out.put("name", StringValue.of(name));
        if (!email.isEmpty()) {
            out.put("email", StringValue.of(email));
        }
        return out.build();
    }

    private Value resource(Block block, Value given) {
        String address = given instanceof StringValue text ? text.value() : "";
        String description = "";
        if (given instanceof ObjectValue object) {
            address = text(object, "ref");
            description = text(object, "description");
        }
        if (address.isEmpty()) {
            throw failure(
                    block.row,
                    "invalid related-resource definition " + given
                            + (given instanceof ObjectValue
                                    ? ": 'ref' value required in object"
                                    : ": ref URL may not be empty string"));
        }
        ObjectValue.Builder out = ObjectValue.builder();
        out.put("ref", StringValue.of(address));
        if (!description.isEmpty()) {
            out.put("description", StringValue.of(description));
        }
        return out.build();
    }

    private static String text(ObjectValue object, String field) {
        return object.get(field) instanceof StringValue text ? text.value().strip() : "";
    }

    private Value schema(Block block, Value pair, List<Annotations.SchemaUse> schemas) {
        if (!(pair instanceof ObjectValue object) || object.size() != 1) {
            throw failure(block.row, "invalid schema declaration");
        }
        ObjectValue.Entry entry = object.entries().getFirst();
        List<String> path = path(((StringValue) entry.key()).value());
        if (path == null) {
            throw failure(block.row, "invalid document reference");
        }
        ObjectValue.Builder shown = ObjectValue.builder();
        shown.put("path", strings(path));
        switch (entry.value()) {
            case StringValue name -> {
                List<String> reference = path(name.value());
                if (reference == null || !reference.getFirst().equals("schema")) {
                    throw failure(block.row, "expected schema ref but got " + name.value());
                }
                schemas.add(new Annotations.SchemaUse(path, reference, null));
                shown.put("schema", strings(reference));
            }
            case ObjectValue definition -> {
                schemas.add(new Annotations.SchemaUse(path, null, definition));
                shown.put("definition", definition);
            }
            default ->
                throw failure(
                        block.row,
                        "invalid schema declaration for path \"" + ((StringValue) entry.key()).value() + "\"");
        }
        return shown.build();
    }

    private static ArrayValue strings(List<String> texts) {
        return ArrayValue.of(texts.stream().map(StringValue::of).toList());
    }

    /** The names of a reference without variables, or null. */
    private static @Nullable List<String> path(String text) {
        try {
            Body body = Parser.parseQuery(new dev.sluice.rego.SourceFile("metadata", text));
            if (body.literals().size() != 1 || !(body.literals().getFirst().statement() instanceof Expr.Truth truth)) {
                return null;
            }
            return Term.constantPath(truth.term());
        } catch (dev.sluice.rego.RegoException malformed) {
            return null;
        }
    }
}
