package dev.sluice.rego.test;

import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Written;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What evaluations reached of the modules they ran: literals that were evaluated, and heads of definitions whose body held.
 * Not safe for several threads.
 */
public final class Coverage {
    private final Set<Location> reached = new HashSet<>();

    /** Notes that a literal or head that begins here was reached. */
    public void reached(String file, int row, int column) {
        reached.add(new Location(file, row, column));
    }

    /**
     * A literal or head.
     *
     * @param endColumn the column after its last character
     */
    public record Range(int row, int column, int endRow, int endColumn) implements Comparable<Range> {
        @Override
        public int compareTo(Range other) {
            int order = Integer.compare(row, other.row);
            order = order != 0 ? order : Integer.compare(column, other.column);
            order = order != 0 ? order : Integer.compare(endRow, other.endRow);
            return order != 0 ? order : Integer.compare(endColumn, other.endColumn);
        }

        private boolean contains(Range other) {
            boolean after = row < other.row || (row == other.row && column <= other.column);
            boolean before = endRow > other.endRow || (endRow == other.endRow && endColumn >= other.endColumn);
            return after && before;
        }
    }

    /**
     * What was reached of one file, in its order. A range that lies within one that was reached is in neither list.
     *
     * @param covered what was reached
     * @param notCovered what was not
     */
    public record FileReport(List<Range> covered, List<Range> notCovered) {
        /** How many lines something reached is on. */
        public int coveredLines() {
            return lines(covered).size();
        }

        /** How many lines something not reached is on; a line may be among both. */
        public int notCoveredLines() {
            return lines(notCovered).size();
        }

        /** The lines something not reached is on, in order. */
        public Set<Integer> linesNotCovered() {
            return lines(notCovered);
        }

        /** The share of lines reached, from 0 to 100. */
        public double percent() {
            return Coverage.percent(coveredLines(), notCoveredLines());
        }

        private static Set<Integer> lines(List<Range> ranges) {
            Set<Integer> lines = new TreeSet<>();
            for (Range range : ranges) {
                for (int row = range.row; row <= range.endRow; row++) {
                    lines.add(row);
                }
            }
            return lines;
        }
    }

    /** What was reached, by the names of the files. */
    public record Report(Map<String, FileReport> files) {
        /** How many lines something reached is on. */
        public int coveredLines() {
            return files.values().stream().mapToInt(FileReport::coveredLines).sum();
        }

        /** How many lines something not reached is on. */
        public int notCoveredLines() {
            return files.values().stream().mapToInt(FileReport::notCoveredLines).sum();
        }

        /** The share of lines reached, from 0 to 100. */
        public double percent() {
            return Coverage.percent(coveredLines(), notCoveredLines());
        }
    }

    private static double percent(int covered, int notCovered) {
        return covered + notCovered == 0 ? 0 : 100.0 * covered / (covered + notCovered);
    }

    /**
     * What was reached of these modules.
     *
     * @throws RegoException when one cannot be parsed
     */
    public Report report(List<SourceFile> modules) {
        Map<String, FileReport> files = new TreeMap<>();
        for (SourceFile module : modules) {
            files.put(module.name(), report(Parser.parseWritten(module)));
        }
        return new Report(files);
    }

    private FileReport report(Written module) {
        Set<Range> covered = new TreeSet<>();
        Set<Range> others = new TreeSet<>();
        Statements.of(module, (location, range) -> (reached.contains(location) ? covered : others).add(range));
        others.removeIf(range -> covered.stream().anyMatch(c -> c.contains(range)));
        return new FileReport(List.copyOf(covered), List.copyOf(others));
    }
}
