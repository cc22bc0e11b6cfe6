package dev.sluice.kernel.gate;

import java.time.Instant;

/**
 * Something of an upstream that is left alone for a while.
 *
 * @param upstream id of the upstream it was asked for
 * @param url the upstream's own address
 * @param address what is not asked: a host ({@code https://files.example}) or one document there
 * @param whole whether that is a whole host rather than one document
 * @param until from when on it is asked again
 * @param why what it answered, or that it did not
 */
public record Rest(String upstream, String url, String address, boolean whole, Instant until, String why) {}
