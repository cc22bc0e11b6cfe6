package dev.sluice.server.api;

import dev.sluice.kernel.access.Permission;
import dev.sluice.server.operation.Operation;

/** Operations of the API, which say of every field what is wrong with it. */
final class Route {

    private Route() {}

    /** One that answers invalid input as the published contract does. */
    static Operation of(String id, String method, String path, Permission permission, Operation.Handler handler) {
        return Operation.of(id, method, path, permission, call -> {
            try {
                return handler.handle(call);
            } catch (InvalidInputException e) {
                return e.response();
            }
        });
    }
}
