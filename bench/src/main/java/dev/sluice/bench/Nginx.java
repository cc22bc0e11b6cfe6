package dev.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The peer: nginx with one worker per core and sendfile, with a file to serve or as a proxy that keeps what it fetched. */
final class Nginx implements Server {

    private static final int START_TRIES = 200;

    private final Process process;
    private final String target;
    private final String name;

    private Nginx(Process process, String target, String name) {
        this.process = process;
        this.target = target;
        this.name = name;
    }

    /**
     * Starts one that serves a file.
     *
     * @param folder where its configuration, log and the served file lie
     * @param body what is served
     * @param header a line of nginx's configuration for the response's own headers
     * @param accessLog whether it writes a line per request
     */
    static Nginx start(Path folder, byte[] body, String header, boolean accessLog)
            throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("www"));
        Files.write(folder.resolve("www/file"), body);
        return start(
                folder,
                "",
                """
                root %s/www;
                default_type application/octet-stream;
                %s
                """.formatted(folder, header),
                accessLog ? "nginx, access log" : "nginx",
                "/file",
                accessLog);
    }

    /** Starts one that keeps what that upstream answers, as it came, for an hour, and judges nothing. */
    static Nginx proxy(Path folder, URI upstream) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        return start(
                folder,
                "proxy_cache_path %s/kept keys_zone=kept:16m max_size=4g inactive=1d;".formatted(folder),
                """
                location / {
                  proxy_pass %s;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Accept-Encoding gzip;
                  proxy_cache kept;
                  proxy_cache_valid 200 1h;
                }
                """.formatted(upstream),
                "nginx, proxy_cache",
                "/",
                false);
    }

    private static Nginx start(Path folder, String http, String server, String name, String target, boolean accessLog)
            throws IOException, InterruptedException {
        int port = FreePort.find();
        String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
        Files.writeString(folder.resolve("nginx.conf"), """
                        %s
                        daemon off;
                        worker_processes %d;
                        pid %s/nginx.pid;
                        error_log %s/error.log;
                        events { worker_connections 1024; }
                        http {
                          access_log %s;
                          sendfile on;
                          tcp_nopush on;
                          keepalive_requests 1000000000;
                          client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3;
                          uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;
                          %s
                          server {
                            listen 127.0.0.1:%d;
                            %s
                          }
                        }
                        """.formatted(
                        user,
                        Runtime.getRuntime().availableProcessors(),
                        folder,
                        folder,
                        accessLog ? folder + "/access.log" : "off",
                        folder,
                        folder,
                        folder,
                        folder,
                        folder,
                        http,
                        port,
                        server));
        Process process = new ProcessBuilder(
                        "nginx",
                        "-e",
                        folder + "/error.log",
                        "-p",
                        folder.toString(),
                        "-c",
                        folder.resolve("nginx.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(Server.log(folder))
                .start();
        for (int i = 0; i < START_TRIES; i++) {
            try (Socket connected = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return new Nginx(process, "http://127.0.0.1:" + connected.getPort() + target, name);
            } catch (IOException notYet) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        }
        process.destroy();
        throw new IOException("nginx did not start: " + Files.readString(folder.resolve("server.log")));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Process process() {
        return process;
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
