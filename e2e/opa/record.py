#!/usr/bin/env python3
"""Records what the real OPA says of the modules in the compile error corpus.

The corpus is a list of cases: `===`, a module, `---`, and one line `row code text` per error, or `ok`. A line that begins
with `# deviation:` says why this engine differs; it is kept. Run it after adding cases:

    e2e/opa/record.py [corpus]

OPA is built from its Go module into the directory named by OPA_BIN_DIR (a temporary one by default), which takes minutes.
Without Go, or where OPA cannot be built, the script says so and changes nothing.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

VERSION = "v1.22.2"
ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "rego/src/test/resources/dev/sluice/rego/opa-verdicts.txt"


def opa() -> pathlib.Path | None:
    """The built OPA, or None."""
    directory = pathlib.Path(os.environ.get("OPA_BIN_DIR") or tempfile.mkdtemp(prefix="opa-"))
    binary = directory / "opa"
    if binary.exists():
        return binary
    if not shutil.which("go"):
        print("Go is not installed: nothing recorded.")
        return None
    module = f"github.com/open-policy-agent/opa@{VERSION}"
    built = subprocess.run(["go", "install", module], env={**os.environ, "GOBIN": str(directory)})
    if built.returncode != 0:
        print("OPA could not be built: nothing recorded.")
        return None
    return binary


def verdict(binary: pathlib.Path, module: str) -> list[str]:
    """The errors OPA reports, as the corpus writes them."""
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "t.rego"
        file.write_text(module, encoding="utf-8")
        run = subprocess.run([binary, "check", "--format", "json", "t.rego"], cwd=directory, capture_output=True, text=True)
    if run.returncode == 0:
        return ["ok"]
    lines = []
    for error in json.loads(run.stdout or run.stderr)["errors"]:
        row = error.get("location", {}).get("row", 0)
        lines.append(f"{row} {error['code']} {error['message'].splitlines()[0]}")
    return lines


def main() -> None:
    corpus = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    head, *cases = corpus.read_text(encoding="utf-8").split("===\n")
    binary = opa()
    if binary is None:
        return
    modules = [case.split("\n---\n")[0] + "\n" for case in cases]
    notes = [[line for line in case.split("\n---\n")[-1].splitlines() if line.startswith("# deviation:")] for case in cases]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(lambda module: verdict(binary, module), modules))
    with corpus.open("w", encoding="utf-8") as out:
        out.write(head)
        for module, lines, note in zip(modules, verdicts, notes):
            out.write("===\n" + module + "---\n" + "\n".join(lines + note) + "\n")
    refused = sum(lines != ["ok"] for lines in verdicts)
    print(f"{len(cases)} cases recorded, {refused} refused by OPA {VERSION}")


if __name__ == "__main__":
    main()
