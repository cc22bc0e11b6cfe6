package dev.sluice.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a page in {@code docs/clients} tells its reader to do, to be done word for word.
 *
 * <p>A fenced block whose info string says more than its language has a purpose: {@code ```sh install} is a script,
 * {@code ```ini setup ~/.npmrc} is what belongs into that file. Blocks of one purpose are done in the order of the page.
 *
 * @param name the page's name without its ending
 * @param blocks its blocks that have a purpose
 */
record SetupPage(String name, List<Block> blocks) {

    private static final Pattern FENCED =
            Pattern.compile("^```(\\w+) (\\S+)(?: (\\S+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern TOKEN = Pattern.compile("\\bTOKEN\\b");

    /**
     * A fenced block.
     *
     * @param file what file it belongs into, {@code ~} being the home, else relative to the project; null for a script
     */
    record Block(String purpose, @Nullable String file, String text) {}

    /** Reads a page. */
    static SetupPage read(String name) throws IOException {
        String text = Files.readString(docs().resolve("clients/" + name + ".md"));
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = FENCED.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(2), matcher.group(3), matcher.group(4)));
        }
        return new SetupPage(name, blocks);
    }

    /** The folder of the documentation. */
    static Path docs() {
        return Path.of(System.getProperty("sluice.launcher"))
                .toAbsolutePath()
                .normalize()
                .resolveSibling("docs");
    }

    /** The page as a reader would understand it who has that server, that repository and that token. */
    SetupPage filled(Sluice sluice, String repository, String token) {
        return new SetupPage(
                name,
                blocks.stream()
                        .map(block -> new Block(
                                block.purpose(),
                                block.file(),
                                TOKEN.matcher(block.text())
                                        .replaceAll(token)
                                        .replace("127.0.0.1:8480", sluice.authority())
                                        .replace("/main/", "/" + repository + "/")))
                        .toList());
    }

    /** Whether the page says how to do it. */
    boolean knows(String purpose) {
        return blocks.stream().anyMatch(block -> block.purpose().equals(purpose));
    }

    /** What belongs into the files of a purpose. */
    String text(String purpose) {
        StringBuilder text = new StringBuilder();
        for (Block block : blocks) {
            if (block.purpose().equals(purpose) && block.file() != null) {
                text.append(block.text());
            }
        }
        return text.toString();
    }

    /** The scripts of a purpose with those words for their placeholders, given as placeholder, word, placeholder, word … */
    String script(String purpose, String... words) {
        StringBuilder script = new StringBuilder();
        for (Block block : blocks) {
            if (block.purpose().equals(purpose) && block.file() == null) {
                script.append(block.text());
            }
        }
        String text = script.toString();
        for (int i = 0; i + 1 < words.length; i += 2) {
            text = text.replace(words[i], words[i + 1]);
        }
        return text;
    }

    /** Does what the page says for that purpose: appends to the files it names, then runs its scripts. */
    Run follow(Desk desk, String purpose, String... words) throws IOException {
        for (Block block : blocks) {
            if (block.purpose().equals(purpose) && block.file() != null) {
                Path file = block.file().startsWith("~/")
                        ? desk.home().resolve(block.file().substring(2))
                        : desk.project().resolve(block.file());
                Files.createDirectories(file.getParent());
                Files.writeString(file, block.text(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
        String script = script(purpose, words);
        return script.isEmpty() ? new Run(0, "") : desk.run("sh", "-e", "-c", script);
    }
}
