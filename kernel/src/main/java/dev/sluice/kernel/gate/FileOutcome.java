package dev.sluice.kernel.gate;

/** What the gate answers to a want: the file, or why it does not leave. */
public sealed interface FileOutcome permits Released, Denial {}
