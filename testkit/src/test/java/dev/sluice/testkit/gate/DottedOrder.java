package dev.sluice.testkit.gate;

import dev.sluice.kernel.artifact.VersionOrder;

/** A small order for tests: dotted numbers, {@code -x} comes before the release. */
final class DottedOrder implements VersionOrder {

    @Override
    public int compare(String left, String right) {
        if (!isVersion(left) || !isVersion(right)) {
            return isVersion(left) ? 1 : isVersion(right) ? -1 : left.compareTo(right);
        }
        String[] a = left.split("-", 2)[0].split("\\.", -1);
        String[] b = right.split("-", 2)[0].split("\\.", -1);
        for (int i = 0; i < Math.max(a.length, b.length); i++) {
            int order = Integer.compare(number(a, i), number(b, i));
            if (order != 0) {
                return order;
            }
        }
        int byPhase = Boolean.compare(!isPrerelease(left), !isPrerelease(right));
        return byPhase != 0 ? byPhase : left.compareTo(right);
    }

    private static int number(String[] numbers, int i) {
        return i < numbers.length ? Integer.parseInt(numbers[i]) : 0;
    }

    @Override
    public boolean isPrerelease(String version) {
        return version.contains("-");
    }

    @Override
    public boolean isVersion(String text) {
        return text.matches("[0-9]+(\\.[0-9]+)*(-[A-Za-z0-9]+)?");
    }
}
