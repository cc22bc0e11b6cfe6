#!/usr/bin/env python3
"""Records how the real OPA lays out the modules in the corpus of the formatter.

The corpus is a list of cases: `===`, a module, `---`, and what `opa fmt` makes of it. Run it after adding cases:

    e2e/opa/format.py [corpus]

OPA is built as `record.py` beside this script builds it. Without Go the script says so and changes nothing.
"""
import pathlib
import subprocess
import sys
import tempfile

import record

CORPUS = record.ROOT / "rego/src/test/resources/dev/sluice/rego/format/opa-fmt.txt"


def formatted(binary: pathlib.Path, module: str) -> str:
    """What `opa fmt` prints; ends the script where it cannot."""
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "t.rego"
        file.write_text(module, encoding="utf-8")
        run = subprocess.run([binary, "fmt", "t.rego"], cwd=directory, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"opa fmt cannot read:\n{module}\n{run.stderr}")
    return run.stdout


def main() -> None:
    corpus = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    head, *cases = corpus.read_text(encoding="utf-8").split("===\n")
    binary = record.opa()
    if binary is None:
        return
    out = [head]
    for case in cases:
        module = case.split("---\n")[0]
        out.append(f"===\n{module}---\n{formatted(binary, module)}")
    corpus.write_text("".join(out), encoding="utf-8")
    print(f"{len(cases)} modules recorded")


if __name__ == "__main__":
    main()
