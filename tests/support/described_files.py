"""Files for failing cases, from descriptions beside them, so that hardly any binary file need be stored.

`<name>.npz.yaml`   arrays by name, each one of
    {shape: [4, 2], fill: 0.5}               float32; `dtype:` for another type; `fill: .nan`
    {values: [0, 1, 2]}                      int64; `dtype:` for another type
    {pickle: true}                           a Python object
`<name>.zip.yaml`   {path in the archive: text}; the file is called `<name>`
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tests.support.model_description import build_described_model


def build_described_files(folder: Path) -> None:
    """Makes the file of each description in the folder, beside it."""
    for suffix, build in _BUILDERS.items():
        for description in folder.rglob(f"*{suffix}"):
            build(description, description.with_name(description.name.removesuffix(_ENDING[suffix])))


def _build_model(description: Path, target: Path) -> None:
    target.write_bytes(build_described_model(description))


def _build_arrays(description: Path, target: Path) -> None:
    arrays = {name: _array(item) for name, item in _content(description).items()}
    with target.open("wb") as stream:
        np.savez(stream, allow_pickle=True, **arrays)


def _array(item: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    if item.get("pickle"):
        return np.array([{"a": 1}], dtype=object)
    if "values" in item:
        return np.array(item["values"], dtype=item.get("dtype", "int64"))
    return np.full(item["shape"], item["fill"], dtype=item.get("dtype", "float32"))


def _build_archive(description: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in _content(description).items():
            archive.writestr(name, text)


def _content(description: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(description.read_text(encoding="utf-8"))
    return content


_BUILDERS: Mapping[str, Callable[[Path, Path], None]] = {
    ".tflite.yaml": _build_model,
    ".npz.yaml": _build_arrays,
    ".zip.yaml": _build_archive,
}
_ENDING = {".tflite.yaml": ".yaml", ".npz.yaml": ".yaml", ".zip.yaml": ".zip.yaml"}
