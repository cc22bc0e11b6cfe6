package dev.sluice.kernel.gate;

/** What the gate answers when a package is to be listed: its index, or why there is none. */
public sealed interface IndexOutcome permits Listed, Denial {}
