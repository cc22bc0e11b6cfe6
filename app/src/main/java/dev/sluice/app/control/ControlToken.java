package dev.sluice.app.control;

import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Problem;
import java.util.List;
import java.util.Optional;

/**
 * The tokens of an installation and the one that commands on this machine use for the running server.
 *
 * <p>That one is nowhere but in this process and its control file: no other node accepts it, and it ends with the process.
 */
public final class ControlToken implements TokenStore {

    private final TokenStore tokens;
    private final Token control;

    /** Those tokens, and one more that is good while this process runs. */
    public ControlToken(TokenStore tokens, Token control) {
        this.tokens = tokens;
        this.control = control;
    }

    /**
     * Lets those pass who could read the control file, and so are this machine's: the server reads and writes files that they name.
     * A token that merely bears the same name is another's. Throws Problem 403.
     */
    public void require(Call call, String instead) {
        Token token = call.visit().principal().token();
        if (token == null || !token.id().equals(control.id())) {
            throw new Problem(403, "Local only", instead);
        }
    }

    @Override
    public long revision() {
        return tokens.revision();
    }

    @Override
    public Optional<Token> find(String id) {
        return id.equals(control.id()) ? Optional.of(control) : tokens.find(id);
    }

    @Override
    public List<Token> list() {
        return tokens.list();
    }

    @Override
    public void add(Token token) {
        tokens.add(token);
    }

    @Override
    public boolean remove(String id) {
        return tokens.remove(id);
    }
}
