package dev.sluice.inspect;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Archives that may be forged in any of the known ways, or in none, or in a way that chance finds. */
final class ForgedArchives {

    private ForgedArchives() {}

    private static String text(Random random) {
        String[] licenses = {"MIT", "AGPL-3.0-only", "Apache-2.0", "ISC"};
        return "{\"license\": \"" + licenses[random.nextInt(4)] + "\", \"x\": \"" + random.nextInt(1000) + "\"}\n"
                + "y".repeat(random.nextInt(700));
    }

    private static boolean rarely(Random random) {
        return random.nextInt(16) == 0;
    }

    private static String spelled(Random random, String name) {
        int slash = name.lastIndexOf('/') + 1;
        String folder = name.substring(0, slash);
        String file = name.substring(slash);
        return switch (random.nextInt(10)) {
            case 0 -> "./" + name;
            case 1 -> folder + "/" + file;
            case 2 -> folder + "x/../" + file;
            case 3 -> folder + file.toLowerCase(java.util.Locale.ROOT);
            case 4 -> name + "\0z";
            case 5 -> "/" + name;
            case 6 -> name.replace('/', '\\');
            case 7 -> name + "/";
            case 8 -> "other" + name;
            default -> name;
        };
    }

    /** A byte of a header set to something near or far. */
    private static Consumer<ByteBuffer> tweak(Random random, int from, int to) {
        int at = from + random.nextInt(to - from);
        byte value = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(10));
        return header -> header.put(at, value);
    }

    /** A zip archive whose decisive file has that name. */
    static byte[] zip(Random random, String decisive) {
        ZipForge zip = new ZipForge();
        if (rarely(random)) {
            zip.bytes(random.nextBoolean() ? ZipForge.of(decisive, text(random)).end() : new byte[random.nextInt(40)]);
        }
        List<Runnable> directory = new ArrayList<>();
        int files = 2 + random.nextInt(3);
        int chosen = random.nextInt(files);
        for (int i = 0; i < files; i++) {
            String name = i == chosen || rarely(random) ? decisive : "foo/" + i;
            entry(random, zip, rarely(random) ? spelled(random, name) : name, directory);
            if (rarely(random) && random.nextBoolean()) {
                zip.local(decisive, text(random));
            }
        }
        if (random.nextInt(4) == 0) {
            Collections.shuffle(directory, random);
        }
        directory.forEach(Runnable::run);
        byte[] comment = rarely(random)
                ? (random.nextBoolean()
                        ? ZipForge.of(decisive, text(random)).end()
                        : "PK\5\6plain".getBytes(StandardCharsets.US_ASCII))
                : new byte[0];
        byte[] whole = zip.end(comment, rarely(random) ? tweak(random, 0, 22) : record -> {});
        if (rarely(random) && random.nextBoolean()) {
            whole = joined(
                    whole,
                    random.nextBoolean()
                            ? new byte[1 + random.nextInt(30)]
                            : ZipForge.of(decisive, text(random)).end());
        }
        return flipped(random, whole);
    }

    private static void entry(Random random, ZipForge zip, String name, List<Runnable> directory) {
        String content = text(random);
        String there = rarely(random) && random.nextBoolean() ? text(random) : content;
        boolean described = random.nextInt(4) == 0;
        Consumer<ByteBuffer> change = rarely(random) && random.nextBoolean() ? tweak(random, 4, 30) : header -> {};
        int offset = zip.local(name, content, header -> {
            if (described) {
                header.putShort(ZipForge.FLAGS, (short) 8)
                        .putInt(ZipForge.CRC, 0)
                        .putInt(ZipForge.PACKED, 0)
                        .putInt(ZipForge.SIZE, 0);
            }
            change.accept(header);
        });
        if (described) {
            boolean marked = random.nextBoolean();
            ByteBuffer bytes = ByteBuffer.allocate(marked ? 16 : 12).order(ByteOrder.LITTLE_ENDIAN);
            if (marked) {
                bytes.putInt(0x08074b50);
            }
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            crc.update(content.getBytes(StandardCharsets.UTF_8));
            bytes.putInt((int) crc.getValue())
                    .putInt(ZipForge.deflated(content).length)
                    .putInt(content.length());
            if (rarely(random)) {
                bytes.put(random.nextInt(bytes.capacity()), (byte) random.nextInt(256));
            }
            zip.bytes(bytes.array());
        }
        Consumer<ByteBuffer> other = rarely(random) && random.nextBoolean() ? tweak(random, 4, 46) : header -> {};
        if (!(rarely(random) && random.nextBoolean())) {
            directory.add(() -> zip.directory(name, there, offset, header -> {
                if (described) {
                    header.putShort(8, (short) 8);
                }
                other.accept(header);
            }));
        }
    }

    /** A tarball whose decisive file is the first folder's file of that name. */
    static byte[] tarGz(Random random, String file) {
        String decisive = "package/" + file;
        TarForge tar = new TarForge();
        int files = 2 + random.nextInt(3);
        int chosen = random.nextInt(files);
        for (int i = 0; i < files; i++) {
            String name = i == chosen || rarely(random) ? decisive : "package/lib/" + i;
            if (rarely(random)) {
                before(random, tar, decisive);
            }
            entry(random, tar, rarely(random) ? spelled(random, name) : name, decisive);
            if (rarely(random) && random.nextBoolean()) {
                tar.bytes(new byte[512 * (1 + random.nextInt(2))]);
            }
        }
        byte[] whole = rarely(random) ? tar.open() : tar.end();
        if (rarely(random) && random.nextBoolean()) {
            whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
        }
        byte[] packed = TarForge.gzip(whole);
        if (rarely(random)) {
            packed = switch (random.nextInt(6)) {
                case 0 ->
                    joined(
                            packed,
                            TarForge.gzip(TarForge.of(decisive, text(random)).end()));
                case 1 -> joined(packed, new byte[1 + random.nextInt(600)]);
                case 2 -> joined(packed, "garbage".getBytes(StandardCharsets.US_ASCII));
                case 3 ->
                    joined(
                            TarForge.gzip(tar.open()),
                            TarForge.gzip(TarForge.of(decisive, text(random)).end()));
                case 4 -> whole;
                default -> joined(packed, joined(new byte[3], TarForge.gzip(whole)));
            };
        }
        return flipped(random, packed);
    }

    private static void before(Random random, TarForge tar, String decisive) {
        String value = random.nextBoolean() ? decisive : "package/lib/long";
        switch (random.nextInt(12)) {
            case 0 -> tar.pax('x', "path", value);
            case 1 -> tar.pax('x', "mtime", "1.5", "path", value, "path", "package/else");
            case 2 -> tar.pax('x', "size", Integer.toString(random.nextInt(600)));
            case 3 -> tar.pax('g', "path", value);
            case 4 -> tar.pax('g', "comment", "0123");
            case 5 ->
                tar.pax('x', "comment", "a\n" + TarForge.record("path", value).strip());
            case 6 -> tar.entry('L', "././@LongLink", value + "\0", header -> {});
            case 7 -> tar.entry('L', "././@LongLink", value + "\0\nx", header -> {});
            case 8 -> tar.entry('K', "././@LongLink", value + "\0", header -> {});
            case 9 -> tar.pax('x', "GNU.sparse.name", value);
            case 10 -> tar.pax('x', "type", random.nextBoolean() ? "Directory" : "SymbolicLink");
            default -> tar.entry('x', "PaxHeader", "9 path=x\n12 path=" + value + "\n", header -> {});
        }
    }

    private static void entry(Random random, TarForge tar, String name, String decisive) {
        char[] types = {'0', '0', '0', '0', '0', '0', '\0', '1', '2', '5', '7', 'S', 'N', 'Z', 'X', 'V'};
        char type = rarely(random) ? types[random.nextInt(types.length)] : '0';
        String content = type == '1' || type == '2' || type == '5' ? "" : text(random);
        tar.entry(type, name, content, header -> {
            if (type == '1' || type == '2' || (rarely(random) && random.nextInt(4) == 0)) {
                TarForge.put(header, 157, random.nextBoolean() ? decisive : "package/lib/0");
            }
            if (rarely(random) && random.nextBoolean()) {
                int field = new int[] {100, 108, 116, 124, 136, 257, 345, 475, 156}[random.nextInt(9)];
                header[field + random.nextInt(5)] = (byte) (random.nextBoolean() ? ' ' : random.nextInt(256));
            }
            if (rarely(random) && random.nextInt(4) == 0) {
                TarForge.put(header, 257, random.nextBoolean() ? "ustar  \0" : "\0\0\0\0\0\0\0\0");
                TarForge.put(header, 345, random.nextBoolean() ? "package" : "");
            }
        });
    }

    private static byte[] flipped(Random random, byte[] bytes) {
        if (rarely(random) && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(one);
        both.writeBytes(other);
        return both.toByteArray();
    }
}
