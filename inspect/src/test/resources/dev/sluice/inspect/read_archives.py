"""Reads each archive named on standard input as pip does, and prints what its decisive document is: SHA-256, "none" or "fails".

A line is KIND TAB PATH; KIND is wheel, sdist.zip or sdist.tar.
"""
import hashlib
import re
import sys
import tarfile
import zipfile


def told(content):
    return "none" if content is None else hashlib.sha256(content).hexdigest()


def wheel(path):
    with zipfile.ZipFile(path) as archive:
        found = None
        for name in archive.namelist():
            if re.fullmatch(r"[^/]+\.dist-info/METADATA", name):
                found = archive.read(name)
        return found


def sdist_zip(path):
    with zipfile.ZipFile(path) as archive:
        found = None
        for info in archive.infolist():
            if re.fullmatch(r"[^/]+/PKG-INFO", info.filename):
                with archive.open(info) as content:
                    found = content.read()
        return found


def sdist_tar(path):
    with tarfile.open(path, "r:gz", encoding="utf-8") as archive:
        found = None
        for member in archive.getmembers():
            if re.fullmatch(r"[^/]+/PKG-INFO", member.name) and not member.isdir():
                content = archive.extractfile(member)
                if content is not None:
                    found = content.read()
        return found


READERS = {"wheel": wheel, "sdist.zip": sdist_zip, "sdist.tar": sdist_tar}
for line in sys.stdin:
    kind, path = line.rstrip("\n").split("\t")
    try:
        print(told(READERS[kind](path)))
    except Exception:
        print("fails")
