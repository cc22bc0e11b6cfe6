package dev.sluice.kernel.policy;

import java.util.List;

/** What follows when a policy matches. */
public sealed interface Action {

    /** Short permanent identifier, part of its address. */
    String slug();

    /** Order among the actions of the same policy, 0 to 32767; lower runs first. */
    int precedence();

    /** Sets the state of the version; QUARANTINED, HIDDEN and DELETED withhold it. */
    record SetPackageState(String slug, int precedence, PackageState state) implements Action {}

    /** Adds tags to the version. */
    record AddPackageTags(String slug, int precedence, List<String> tags) implements Action {
        /** Copies the list. */
        public AddPackageTags {
            tags = List.copyOf(tags);
        }
    }

    /** Removes tags from the version. */
    record RemovePackageTags(String slug, int precedence, List<String> tags) implements Action {
        /** Copies the list. */
        public RemovePackageTags {
            tags = List.copyOf(tags);
        }
    }
}
