package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.VersionOrder;

/** A small order for tests: dotted numbers, {@code -x} before the release, {@code +x} a label that ranges do not see. */
final class DottedOrder implements VersionOrder {

    @Override
    public int compare(String left, String right) {
        if (!isVersion(left) || !isVersion(right)) {
            return isVersion(left) ? 1 : isVersion(right) ? -1 : left.compareTo(right);
        }
        String[] a = publicVersion(left).split("-")[0].split("\\.");
        String[] b = publicVersion(right).split("-")[0].split("\\.");
        for (int i = 0; i < Math.max(a.length, b.length); i++) {
            int order = Integer.compare(number(a, i), number(b, i));
            if (order != 0) {
                return order;
            }
        }
        int byPhase = Boolean.compare(!isPrerelease(left), !isPrerelease(right));
        return byPhase != 0 ? byPhase : tail(left).compareTo(tail(right));
    }

    private static int number(String[] numbers, int i) {
        return i < numbers.length ? Integer.parseInt(numbers[i]) : 0;
    }

    private static String tail(String version) {
        return version.replaceAll("^[0-9.]*", "");
    }

    @Override
    public boolean isPrerelease(String version) {
        return version.contains("-");
    }

    @Override
    public boolean isVersion(String text) {
        return text.matches("[0-9]+(\\.[0-9]+)*(-[a-z0-9]+)?(\\+[a-z0-9]+)?");
    }

    @Override
    public String publicVersion(String version) {
        int plus = version.indexOf('+');
        return plus < 0 ? version : version.substring(0, plus);
    }
}
