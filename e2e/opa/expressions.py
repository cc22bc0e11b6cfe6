#!/usr/bin/env python3
"""Records what the real OPA makes of the expressions in the engine's own conformance corpus.

The corpus has an expression a line, and below it `=> ` and its value as JSON, or `undefined`. See record.py for how OPA is
found or built; without Go nothing changes.
"""
import json
import pathlib
import subprocess
import tempfile

from record import ROOT, opa

CORPUS = ROOT / "rego/src/test/resources/dev/sluice/rego/conformance/expressions.txt"


def main() -> None:
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    binary = opa()
    if binary is None:
        return
    expressions = [line for line in lines[1:] if line and not line.startswith("=> ")]
    rules = "".join(
        f"r{i} if {text}\n" if text.startswith("every ") else f"r{i} := x if {{ x := {text} }}\n"
        for i, text in enumerate(expressions)
    )
    with tempfile.TemporaryDirectory() as directory:
        module = pathlib.Path(directory) / "t.rego"
        module.write_text("package t\n" + rules, encoding="utf-8")
        run = subprocess.run([binary, "eval", "--format", "raw", "--data", module, "data.t"], capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(run.stdout + run.stderr)
    values = json.loads(run.stdout)
    with CORPUS.open("w", encoding="utf-8") as out:
        out.write(lines[0] + "\n")
        for i, text in enumerate(expressions):
            value = json.dumps(values[f"r{i}"], ensure_ascii=False, sort_keys=True) if f"r{i}" in values else "undefined"
            out.write(f"{text}\n=> {value}\n")
    print(f"{len(expressions)} expressions recorded")


if __name__ == "__main__":
    main()
