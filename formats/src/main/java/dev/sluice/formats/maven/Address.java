package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;

/** What an address of the Maven repository layout stands for; {@link Layout} reads it. */
sealed interface Address {

    /** The path below {@code /maven/{repository}/}, decoded. */
    String path();

    /**
     * A file of a version.
     *
     * @param group dotted group id
     * @param artifact artifact id
     * @param version base version, the name of its directory; of snapshots {@code 1.0-SNAPSHOT}
     * @param fileVersion the version as the file's name tells it; of timestamped snapshots {@code 1.0-20240101.120000-3}
     * @param suffix what follows the version in the file's name, for example {@code -sources.jar}
     */
    record Artifact(String group, String artifact, String version, String fileVersion, String suffix)
            implements Address {

        PackageName packageName() {
            return new PackageName(MavenFormat.ID, group + ":" + artifact);
        }

        String fileName() {
            return artifact + "-" + fileVersion + suffix;
        }

        @Override
        public String path() {
            return Layout.directory(group, artifact) + version + "/" + fileName();
        }

        /** Whether the version is a moving one. */
        boolean isSnapshot() {
            return Layout.isSnapshot(version);
        }

        /** Whether this is the POM that describes the version. */
        boolean isPom() {
            return suffix.equals(".pom");
        }

        /** The POM that describes this file's version, or this build of it. */
        Artifact pom() {
            return new Artifact(group, artifact, version, fileVersion, ".pom");
        }
    }

    /**
     * A {@code maven-metadata.xml} above versions. The address alone does not tell whether it is that of a group (plugin
     * prefixes) or of an artifact (versions): {@code org/apache/maven/plugins} may be both.
     *
     * @param directory the directories above it, joined by slashes
     */
    record Metadata(String directory) implements Address {

        /** The group it is about, if it is about one. */
        String group() {
            return directory.replace('/', '.');
        }

        /** Whether it can be about an artifact: there is a group above. */
        boolean canBeArtifact() {
            return directory.indexOf('/') > 0;
        }

        /** The package it is about, if it is about one. */
        PackageName packageName() {
            int slash = directory.lastIndexOf('/');
            return new PackageName(
                    MavenFormat.ID,
                    directory.substring(0, slash).replace('/', '.') + ":" + directory.substring(slash + 1));
        }

        @Override
        public String path() {
            return directory + "/" + Layout.METADATA;
        }
    }

    /** The {@code maven-metadata.xml} of a snapshot version, which tells its builds. */
    record SnapshotMetadata(String group, String artifact, String version) implements Address {

        PackageName packageName() {
            return new PackageName(MavenFormat.ID, group + ":" + artifact);
        }

        @Override
        public String path() {
            return Layout.directory(group, artifact) + version + "/" + Layout.METADATA;
        }
    }

    /** The list of group prefixes a repository has, which Maven 4 asks for by itself. */
    record Prefixes() implements Address {
        @Override
        public String path() {
            return Layout.PREFIXES;
        }
    }

    /** A side-car that carries a checksum of something else. */
    record Checksum(Address of, Algorithm algorithm) implements Address {
        @Override
        public String path() {
            return of.path() + "." + algorithm.label();
        }
    }
}
