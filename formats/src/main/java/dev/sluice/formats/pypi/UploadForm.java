package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Uploads;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.gate.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The form of an upload while it is read: its fields, and the file that streams into the gate.
 *
 * <p>Parts may come in any order. Not thread-safe.
 */
final class UploadForm {

    private static final int MAX_TEXT = 8 * 1024 * 1024;
    private static final Set<String> PASSED_OVER = Set.of("description", "attestations", "gpg_signature");

    private final Request request;
    private final Uploads uploads;
    private final Map<String, List<String>> fields = new LinkedHashMap<>();
    private int textBudget = MAX_TEXT;
    private @Nullable String fileName;
    private @Nullable String pathProject;
    private @Nullable Upload file;
    private @Nullable Upload sideCar;

    /**
     * A form that is not read yet.
     *
     * @param uploads where its files go
     */
    UploadForm(Request request, Uploads uploads) {
        this.request = request;
        this.uploads = uploads;
    }

    /** Reads the whole form. */
    void read() throws IOException, RejectedException {
        try {
            MultipartReader parts = MultipartReader.of(request.header("Content-Type"), request.body());
            MultipartReader.Part part;
            while ((part = parts.next()) != null) {
                if (part.name().equals("content")) {
                    content(part);
                } else if (!PASSED_OVER.contains(part.name()) && part.fileName() == null) {
                    fields.computeIfAbsent(part.name(), n -> new ArrayList<>(1)).add(text(part.body()));
                }
            }
        } catch (MultipartReader.MalformedMultipartException e) {
            throw new RejectedException(400, String.valueOf(e.getMessage()));
        }
    }

    private String text(InputStream body) throws IOException, RejectedException {
        byte[] bytes = body.readNBytes(textBudget + 1);
        textBudget -= bytes.length;
        if (textBudget < 0) {
            throw new RejectedException(400, "the fields of the upload are longer than " + MAX_TEXT + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void content(MultipartReader.Part part) throws IOException, RejectedException {
        String name = part.fileName();
        if (file != null) {
            throw new RejectedException(400, "an upload carries one file");
        }
        String project = name == null ? null : projectOf(name);
        if (name == null || project == null) {
            throw new RejectedException(400, "the part 'content' needs the name of a wheel or source distribution");
        }
        fileName = name;
        pathProject = project;
        Upload upload = uploads.open(Paths.file(project, name));
        file = upload;
        if (!name.endsWith(".whl")) {
            part.body().transferTo(upload);
            return;
        }
        byte[] metadata;
        try (WheelTap tap = WheelTap.open()) {
            byte[] piece = new byte[32 * 1024];
            int count;
            while ((count = part.body().read(piece, 0, piece.length)) >= 0) {
                upload.write(piece, 0, count);
                tap.write(piece, count);
            }
            metadata = tap.metadata();
        }
        if (metadata != null) {
            Upload beside = uploads.open(Paths.file(project, name + DistributionFile.METADATA));
            sideCar = beside;
            beside.write(metadata, 0, metadata.length);
        }
    }

    /** The project as the form names it, or, where the file comes first, as the file's name does. */
    private @Nullable String projectOf(String name) {
        String declared = fields().text("name");
        String project = declared == null || !ProjectName.isLegal(declared) ? null : ProjectName.normalise(declared);
        if (project == null) {
            project = DistributionFile.guessProject(name);
        }
        return project == null || DistributionFile.parse(project, name) == null ? null : project;
    }

    /** The metadata fields. */
    CoreFields fields() {
        return new CoreFields(fields);
    }

    /** Checks the form against itself and its file, and gives what it asks for. */
    Distribution check(PypiFormat format) throws IOException, RejectedException {
        CoreFields core = fields();
        demand("file_upload".equals(core.text(":action")), ":action must be file_upload");
        String protocol = core.text("protocol_version");
        demand(protocol == null || protocol.equals("1"), "protocol_version must be 1");
        String declaredName = core.text("name");
        PackageName name = declaredName == null ? null : format.nameOrNull(declaredName);
        if (name == null) {
            throw new RejectedException(400, "the form names no legal project name");
        }
        String declaredVersion = core.text("version");
        String version = declaredVersion == null ? null : VersionText.normalise(declaredVersion);
        if (version == null) {
            throw new RejectedException(400, "the form's version is no version by PEP 440");
        }
        Upload content = file;
        String ofFile = fileName;
        if (content == null || ofFile == null) {
            throw new RejectedException(400, "the upload carries no file: part 'content' is missing");
        }
        DistributionFile distribution =
                name.name().equals(pathProject) ? DistributionFile.parse(name.name(), ofFile) : null;
        if (distribution == null) {
            throw new RejectedException(400, "file name " + ofFile + " does not belong to project " + name.name());
        }
        demand(
                distribution.version().equals(version),
                "file name " + ofFile + " says version " + distribution.version() + ", the form says " + version);
        demand(
                distribution.kind() == DistributionFile.Kind.WHEEL
                        || (distribution.kind() == DistributionFile.Kind.SDIST
                                && (ofFile.endsWith(".tar.gz") || ofFile.endsWith(".zip"))),
                "only wheels (.whl) and source distributions (.tar.gz, .zip) are accepted");
        String fileType = core.text("filetype");
        demand(
                distribution.kind().fileType().equals(fileType),
                "filetype " + fileType + " does not fit file name " + ofFile);
        demand(content.contents().size() > 0, "the file is empty");
        content.verify(digests(core));
        return new Distribution(name, version, ofFile, distribution.kind(), content, sideCar, core);
    }

    private static List<Digest> digests(CoreFields core) throws RejectedException {
        List<Digest> digests = new ArrayList<>();
        // The JDK has no BLAKE2; a form that sends it always sends SHA-256 as well.
        for (Digest.Algorithm algorithm : List.of(Digest.Algorithm.SHA256, Digest.Algorithm.MD5)) {
            String hex = core.text(algorithm.label() + "_digest");
            if (hex != null) {
                try {
                    digests.add(new Digest(algorithm, hex));
                } catch (IllegalArgumentException e) {
                    throw new RejectedException(400, algorithm.label() + "_digest is malformed");
                }
            }
        }
        return digests;
    }

    private static void demand(boolean condition, String otherwise) throws RejectedException {
        if (!condition) {
            throw new RejectedException(400, otherwise);
        }
    }

    /**
     * A checked upload.
     *
     * @param name the project
     * @param version normalised
     * @param fileName name of the file
     * @param kind what kind of file it is
     * @param file its bytes
     * @param sideCar METADATA found in it, or null
     * @param core its metadata
     */
    record Distribution(
            PackageName name,
            String version,
            String fileName,
            DistributionFile.Kind kind,
            Upload file,
            @Nullable Upload sideCar,
            CoreFields core) {}
}
