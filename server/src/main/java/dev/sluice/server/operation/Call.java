package dev.sluice.server.operation;

import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Repository;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A call of an operation by somebody who may.
 *
 * @param request what was sent
 * @param visit who calls, and when
 * @param parameters decoded segments of the address by the names the operation's template gives them
 * @param readable whether the caller may read packages of a repository
 */
public record Call(Request request, Visit visit, Map<String, String> parameters, Predicate<Repository> readable) {

    /** Copies the map. */
    public Call {
        parameters = Map.copyOf(parameters);
    }

    /** A parameter of the address. Throws IllegalArgumentException when the template has none of that name. */
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return value;
    }

    /** Whether the caller would rather read JSON than HTML: anything that is no browser. */
    public boolean prefersJson() {
        for (String accept : request.headers("Accept")) {
            if (accept.contains("text/html") || accept.contains("application/xhtml+xml")) {
                return false;
            }
        }
        return true;
    }
}
