package dev.sluice.kernel.gate;

/**
 * Policy withholds it.
 *
 * @param refusal what to tell the client
 */
public record Refused(Refusal refusal) implements Denial {}
