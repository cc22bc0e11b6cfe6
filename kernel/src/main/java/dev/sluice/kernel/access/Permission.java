package dev.sluice.kernel.access;

/** What a route demands of who calls it. */
public enum Permission {
    /** Anyone may, without a token, always: liveness, the reason of a refusal by its unguessable address. */
    OPEN,
    /** Read packages of a repository. */
    READ,
    /** Publish to a repository: new versions, tags, deprecation. */
    PUBLISH,
    /** Remove versions from a repository. */
    DELETE,
    /** Read the journal, decisions, policies, metrics. */
    AUDIT,
    /** Change policies, repositories, tokens, feeds. */
    ADMINISTER
}
