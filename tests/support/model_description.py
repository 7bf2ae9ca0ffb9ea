"""A .tflite file from a description in YAML, sound or spoiled, so that no binary file need be stored.

tensors:
  - {name: x, shape: [1, 4], type: INT8, scale: 0.5, zero_point: -3}
  - {name: w, shape: [2, 4], type: INT8, scale: [0.1, 0.2], data: 8}     # 8 zero bytes of constant data
operators:
  - {kind: FULLY_CONNECTED, inputs: [0, 1, null], outputs: [2], options: {}}
inputs: [0]
outputs: [2]
spoil: {subgraphs.0.operators.0.inputs.0: 99}     # set in the schema's object tree before it is packed
bytes: {4: NOPE}                                  # written over the packed file at an offset
length: 100                                       # the packed file is cut off here
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.support.tflite_builder import ModelBuilder, pack


def build_described_model(description: Path) -> bytes:
    """The bytes of the model that a YAML file describes."""
    content = yaml.safe_load(description.read_text(encoding="utf-8"))
    model = ModelBuilder()
    for tensor in content["tensors"]:
        _add_tensor(model, **tensor)
    for operator in content["operators"]:
        model.operator(operator["kind"], operator["inputs"], operator["outputs"], operator.get("options", {}))
    tree = model.to_object(content["inputs"], content["outputs"])
    for path, value in content.get("spoil", {}).items():
        _spoil(tree, path, value)
    packed = bytearray(pack(tree))
    for offset, text in content.get("bytes", {}).items():
        packed[offset : offset + len(text)] = text.encode()
    return bytes(packed[: content.get("length")])


def _add_tensor(model: ModelBuilder, *, name: str, shape: list[int], type: str, data: int = 0, **rest: Any) -> None:  # noqa: A002
    model.tensor(name, shape, type, data=bytes(data) if data else None, **rest)


def _spoil(tree: Any, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for part in parents:
        tree = tree[int(part)] if part.isdecimal() else getattr(tree, part)
    if last.isdecimal():
        tree[int(last)] = value
    elif hasattr(tree, last):
        setattr(tree, last, value)
    else:
        raise ValueError(f"the schema has no `{last}` at `{path}`")
