package dev.sluice.kernel.gate;

import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.journal.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One request from the gate's point of view: who asks, when, and which journal records must be durable before it is answered.
 *
 * <p>Used by one thread at a time.
 */
public final class Visit {

    private final Principal principal;
    private final Event.Actor actor;
    private final Instant at;
    private final List<CompletionStage<Void>> records = new ArrayList<>(1);

    /**
     * A visit.
     *
     * @param principal who asks
     * @param address IP address it comes from
     * @param userAgent as sent; cut to 200 characters
     * @param at when it arrived
     */
    public Visit(Principal principal, String address, String userAgent, Instant at) {
        this.principal = principal;
        this.actor = new Event.Actor(
                principal.user(),
                principal.token() == null ? null : principal.token().id(),
                address,
                userAgent.length() <= 200 ? userAgent : userAgent.substring(0, 200));
        this.at = at;
    }

    /** Who asks. */
    public Principal principal() {
        return principal;
    }

    /** Who asks, as the journal keeps it. */
    public Event.Actor actor() {
        return actor;
    }

    /** When the request arrived. */
    public Instant at() {
        return at;
    }

    /** Notes a journal record that must be durable before the response leaves. Only the gate calls it. */
    void awaits(CompletionStage<Void> record) {
        records.add(record);
    }

    /** The journal records that must be durable before the first byte of the response leaves. */
    public List<CompletionStage<Void>> records() {
        return List.copyOf(records);
    }
}
