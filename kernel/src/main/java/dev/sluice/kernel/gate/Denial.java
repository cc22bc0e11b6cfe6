package dev.sluice.kernel.gate;

/** An answer that lets nothing out, whatever was asked for: policy withholds it, or it is not there. */
public sealed interface Denial extends FileOutcome, IndexOutcome, Description permits Refused, Missing {}
