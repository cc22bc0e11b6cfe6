package dev.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The peer: nginx with one worker per core, sendfile, and a file to serve. */
final class Nginx implements Server {

    private static final int START_TRIES = 200;

    private final Process process;
    private final String target;
    private final boolean accessLog;

    private Nginx(Process process, String target, boolean accessLog) {
        this.process = process;
        this.target = target;
        this.accessLog = accessLog;
    }

    /**
     * Starts one.
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
                          server {
                            listen 127.0.0.1:%d;
                            root %s/www;
                            default_type application/octet-stream;
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
                        port,
                        folder,
                        header));
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
                return new Nginx(process, "http://127.0.0.1:" + connected.getPort() + "/file", accessLog);
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
        return accessLog ? "nginx, access log" : "nginx";
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
