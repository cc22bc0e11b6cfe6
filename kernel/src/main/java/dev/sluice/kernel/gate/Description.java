package dev.sluice.kernel.gate;

/** What the gate answers when only what is known of a file is asked for: that, or why it does not leave. */
public sealed interface Description permits Described, Denial {}
