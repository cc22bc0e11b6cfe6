package dev.sluice.kernel.format;

/**
 * How a client is pointed at a repository.
 *
 * @param client name of the client in lower case, as its page in the documentation is called: {@code npm}, {@code yarn-1}
 * @param command one command that a shell takes as it is and that sets the client up for reading, or empty where files must be edited
 * @param text all there is to set up, to be copied; {@code TOKEN} stands for a token
 */
public record Setup(String client, String command, String text) {}
