"""What a project's train.py does besides training: measure what it made, write it, or check what was written.

def write(folder: Path) -> None:
    ...                       # train; write the model and its data into the folder
    write_results(folder)

if __name__ == "__main__":
    sys.exit(main(write, HERE, __doc__))
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from mcuforge.convert.accuracy import assess
from mcuforge.convert.build import build_model
from mcuforge.convert.job import job_of
from mcuforge.manifest.load import load_project

MANIFEST = "project.yaml"
RESULTS = "results.json"


def write_results(folder: Path) -> None:
    """Writes and prints results.json: what the folder's project comes to, its model being made as a build makes it.

    Raises UserError as a build does, and where the manifest names no data set.
    """
    project = load_project(folder / MANIFEST)
    with tempfile.TemporaryDirectory() as name:
        output = Path(name)
        facts = build_model(project, output).facts
        found = assess(project, output / "model.tflite", output / "float.tflite", output)
        size = (output / "model.tflite").stat().st_size
    text = json.dumps(
        {
            "loader": facts.loader,
            "sha256": facts.sha256,
            "model_bytes": size,
            "test_examples": found.examples,
            f"{found.metric}_float": found.exact,
            f"{found.metric}_{job_of(project).scheme}": found.converted,
        },
        indent=2,
    )
    (folder / RESULTS).write_text(text + "\n", encoding="utf-8")
    print(text)


def is_identical(fresh: Path, committed: Path) -> bool:
    """Whether the files in a folder are those of the same names in another; prints one line a file."""
    same = {path.name: path.read_bytes() == (committed / path.name).read_bytes() for path in sorted(fresh.iterdir())}
    for file, equal in same.items():
        print(f"{file}: {'identical' if equal else 'differs'}")
    return all(same.values())


def pin(manifest: Path, digest: str) -> None:
    """Writes a model's digest into the manifest's `sha256` line. Raises SystemExit when there is not one such line."""
    text, count = re.subn(r"(?m)^( *sha256: ).*$", rf"\g<1>{digest}", manifest.read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit(f"{manifest}: expected one `sha256:` line, found {count}")
    manifest.write_text(text, encoding="utf-8")


def main(write: Callable[[Path], None], folder: Path, description: str) -> int:
    """`train.py` writes into its own folder; `train.py --check` into another, which it compares with its own."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write none")
    if not parser.parse_args().check:
        write(folder)
        return 0
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(folder / MANIFEST, name)
        write(Path(name))
        return 0 if is_identical(Path(name), folder) else 1
