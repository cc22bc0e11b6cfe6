package dev.sluice.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Desks that are set up for a server as each client's page of documentation says.
 *
 * <p>The page is followed once for each repository and token; what it left is where every desk starts from.
 */
final class Desks {

    private final Path folder;
    private final Sluice sluice;
    private final Map<String, Desk> ready = new HashMap<>();
    private int count;

    Desks(Path folder, Sluice sluice) {
        this.folder = folder;
        this.sluice = sluice;
    }

    /** A fresh one for the repository {@code main} and the administrator's token. */
    Desk desk(MatrixClient client) throws IOException {
        return desk(client, "main", sluice.token());
    }

    /** A fresh one for that repository and token. */
    Desk desk(MatrixClient client, String repository, String token) throws IOException {
        String key = client + " " + repository + " " + token;
        Desk template = ready.get(key);
        if (template == null) {
            template = client.desk(fresh());
            client.page()
                    .filled(sluice, repository, token)
                    .follow(template, "setup")
                    .succeeded();
            ready.put(key, template);
        }
        Desk desk = client.desk(fresh());
        desk.copyOf(template);
        return desk;
    }

    /** The client's page as a reader understands it who is the administrator. */
    SetupPage page(MatrixClient client, String repository) throws IOException {
        return client.page().filled(sluice, repository, sluice.token());
    }

    private Path fresh() throws IOException {
        return Files.createDirectories(folder.resolve("desk-" + count++));
    }
}
