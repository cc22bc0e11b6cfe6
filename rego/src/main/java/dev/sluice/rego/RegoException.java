package dev.sluice.rego;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown when modules or a query do not compile; carries every error found, in source order. */
public final class RegoException extends RuntimeException {
    private final transient List<RegoError> errors;

    public RegoException(List<RegoError> errors) {
        super(errors.stream().map(RegoError::toString).collect(Collectors.joining("\n")));
        this.errors = List.copyOf(errors);
    }

    public RegoException(RegoError error) {
        this(List.of(error));
    }

    /** The errors, at least one. */
    public List<RegoError> errors() {
        return errors;
    }
}
