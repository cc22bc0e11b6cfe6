package dev.sluice.kernel.access;

import java.util.List;
import java.util.Optional;

/** Where tokens are kept. Thread-safe; a change is seen by the next call. Failures of the store are unchecked. */
public interface TokenStore {

    /** A number that grows with every change; answered from memory. */
    long revision();

    /** The token with that public identifier. */
    Optional<Token> find(String id);

    /** All tokens, by creation time. */
    List<Token> list();

    /** Adds a token. Throws IllegalArgumentException when the identifier is taken. */
    void add(Token token);

    /** Removes a token; false when there was none. */
    boolean remove(String id);
}
