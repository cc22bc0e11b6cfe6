package dev.sluice.formats.pypi;

import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.gate.FileWant;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Outcome;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.IOException;

/** Access to what lies beside a distribution file: released exactly when the file itself would be. */
final class SideCar {

    private SideCar() {}

    /** What the gate says of a side-car, after it judged the file that the side-car belongs to. */
    static Outcome find(Exchange exchange, FileWant file, FileWant sideCar) throws IOException {
        Outcome index = exchange.gate().index(exchange.visit(), exchange.repository(), file.packageName());
        return switch (index) {
            case Listed listed -> find(exchange, listed, file, sideCar);
            // Nothing of the project may leave: the refusal is that of the file.
            case Outcome.Refused refused -> exchange.gate().file(exchange.visit(), file);
            default -> index;
        };
    }

    private static Outcome find(Exchange exchange, Listed listed, FileWant file, FileWant sideCar) throws IOException {
        for (JudgedRelease judged : listed.releases()) {
            ReleaseFile listedFile = judged.release().file(file.fileName());
            if (listedFile == null) {
                continue;
            }
            if (!judged.isAllowed(listedFile)) {
                Outcome outcome = exchange.gate().file(exchange.visit(), file);
                if (!(outcome instanceof Released)) {
                    return outcome;
                }
            }
            return judged.release().file(sideCar.fileName()) == null
                    ? new Outcome.Missing("there is no " + sideCar.fileName(), false)
                    : exchange.gate().file(exchange.visit(), sideCar);
        }
        return new Outcome.Missing("there is no " + file.fileName(), false);
    }
}
