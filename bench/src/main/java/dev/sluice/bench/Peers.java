package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Named peers, installed into {@code bench/target/peers} by the machine's own npm and pip, from wherever those fetch. */
final class Peers {

    private static final int INSTALL_MINUTES = 4;

    private Peers() {}

    /** Verdaccio 6.2 on the Node that is on the PATH. */
    static Child verdaccio(Path folder, String uplink) throws IOException, InterruptedException {
        Path home = Options.kept().resolve("peers/verdaccio");
        Path program = home.resolve("node_modules/verdaccio/bin/verdaccio");
        if (!Files.exists(program)) {
            Files.createDirectories(home);
            // One of its parts asks for node-fetch by a tag that mirrors do not always have.
            Files.writeString(home.resolve("package.json"), """
                    {"private": true, "dependencies": {"verdaccio": "~6.2.0"}, "overrides": {"node-fetch": "2.7.0"}}
                    """);
            run(home, List.of("npm", "install", "--no-audit", "--no-fund", "--loglevel=error"));
        }
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.yaml"), """
                        storage: ./storage
                        uplinks:
                          up: {url: "%s", maxage: 60m, cache: true}
                        packages:
                          "hosted-*": {access: $all, publish: $all, unpublish: $all}
                          "**": {access: $all, publish: $all, proxy: up}
                        max_body_size: 100mb
                        log: {type: stdout, format: pretty, level: error}
                        """.formatted(uplink));
        String address = "http://127.0.0.1:" + FreePort.find();
        return Child.start(
                "Verdaccio 6.2",
                List.of("node", program.toString(), "-c", "config.yaml", "-l", address.substring(7)),
                folder,
                address + "/-/ping");
    }

    /** pypiserver, serving the files of a directory. */
    static Child pypiserver(Path folder, Path files) throws IOException, InterruptedException {
        Path home = Options.kept().resolve("peers/pypiserver");
        Path program = home.resolve("bin/pypi-server");
        if (!Files.exists(program)) {
            Files.createDirectories(home.resolve(".."));
            run(Options.kept(), List.of("python3", "-m", "venv", home.toString()));
            run(
                    home,
                    List.of(
                            home.resolve("bin/pip").toString(),
                            "install",
                            "-q",
                            "--disable-pip-version-check",
                            "pypiserver"));
        }
        int port = FreePort.find();
        return Child.start(
                "pypiserver",
                List.of(
                        program.toString(),
                        "run",
                        "-i",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "--disable-fallback",
                        files.toString()),
                folder,
                "http://127.0.0.1:" + port + "/");
    }

    private static void run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path log = folder.resolve("install.log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " took longer than " + INSTALL_MINUTES + " minutes");
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + Files.readString(log));
        }
    }
}
