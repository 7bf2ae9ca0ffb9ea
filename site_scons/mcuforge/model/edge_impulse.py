"""An Edge Impulse C++ library export (a zip file, or its folder) → the model, its labels, and its input's scaling.

Below `tflite-model/` the export holds the model as a C array, with a `.tflite` file of the same name beside it in some
versions (or neither, where the EON compiler turned it into code); `model-parameters/model_variables.h` has labels and
says which model is deployed; `model_metadata.h` says what the input takes. It is a stranger's file: see export_files.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import EDGE_IMPULSE_FOLDERS
from mcuforge.model.export_files import read_files
from mcuforge.model.graph import DType, Graph
from mcuforge.model.reader import parse_model

_MODEL_FOLDER = EDGE_IMPULSE_FOLDERS[0]
_SUFFIXES = (".h", ".hpp", ".c", ".cc", ".cpp", ".tflite")
_VARIABLES = "model_variables.h"
# All repetitions are bounded, or end where the next can begin: a text of openings without ends takes linear time.
_ARRAY = re.compile(
    r"\bunsigned\s{1,8}char\s{1,8}(\w{1,200})\s{0,8}\[[^\]]{0,32}\][^={;]{0,200}=\s{0,8}\{([0-9a-fA-FxX,\s]*)\}"
)
_INCLUDE = re.compile(r'^\s{0,8}#\s{0,8}include\s{1,8}"(?:[\w./-]{0,200}/)?tflite-model/([\w.-]{1,200})"', re.MULTILINE)
_LABELS = re.compile(r"\bei_classifier_inferencing_categories\w{0,100}\s{0,8}\[[^\]]{0,32}\]\s{0,8}=\s{0,8}\{")
_STRING = re.compile(r'[\s,]*("(?:[^"\\\n]|\\.)*")')
_IMAGE_SCALING = re.compile(r"^\s*EI_CLASSIFIER_IMAGE_SCALING_(\w+)", re.MULTILINE)
_DEFINITION = r"^#define\s{{1,80}}EI_CLASSIFIER_{}\s{{1,80}}(\S{{1,80}})"
_IDENTIFIER = slice(4, 8)  # of a .tflite file
_DATATYPES = {
    "EI_CLASSIFIER_DATATYPE_FLOAT32": DType.FLOAT32,
    "EI_CLASSIFIER_DATATYPE_UINT8": DType.UINT8,
    "EI_CLASSIFIER_DATATYPE_INT8": DType.INT8,
}


@dataclass(frozen=True)
class EdgeImpulseExport:
    """`scaling` is the input's scale and zero point, where the export states them beside the model's own; `datatype`
    likewise. `image_scaling` names what is done to pixels before they are quantized, None for nothing.
    """

    model: bytes
    labels: tuple[str, ...]
    scaling: tuple[float, int] | None
    datatype: DType | None
    image_scaling: str | None


def is_edge_impulse(path: Path) -> bool:
    """No other zip file is a model; and a folder is one where the model's folder is in it."""
    return path.suffix.lower() == ".zip" or (path / _MODEL_FOLDER).is_dir()


def read_edge_impulse(path: Path) -> EdgeImpulseExport:
    """Raises UserError for what is no such export, or one that contradicts itself or has no model."""
    files = read_files(path, EDGE_IMPULSE_FOLDERS, _SUFFIXES)
    for folder in EDGE_IMPULSE_FOLDERS:
        if not any(name.parts[0] == folder for name in files):
            raise UserError(
                f"there is no folder {folder} in it",
                location=Location(path),
                hint="in Edge Impulse: Deployment, C++ library",
            )
    texts = {name: data.decode("utf-8", "replace") for name, data in files.items() if name.suffix != ".tflite"}
    variables = "\n".join(text for name, text in texts.items() if name.name == _VARIABLES)
    parameters = "\n".join(text for name, text in texts.items() if name.parts[0] != _MODEL_FOLDER)
    image_scaling = {name for name in _IMAGE_SCALING.findall(variables) if name != "NONE"}
    export = EdgeImpulseExport(
        model=_deployed_model(_models(files, texts), set(_INCLUDE.findall(variables)), path),
        labels=_labels(variables, path),
        scaling=_scaling(parameters, path),
        datatype=_DATATYPES.get(_defined(parameters, "TFLITE_INPUT_DATATYPE") or ""),
        image_scaling=", ".join(sorted(image_scaling)) or None,
    )
    _check_input(export, parse_model(export.model, Location(path)), path)
    return export


def _models(files: Mapping[PurePosixPath, bytes], texts: Mapping[PurePosixPath, str]) -> dict[bytes, set[str]]:
    """{.tflite file: the names it goes by, without suffixes}."""
    found: dict[bytes, set[str]] = {}
    for name, data in files.items():
        if name.suffix == ".tflite" and data[_IDENTIFIER] == b"TFL3":
            found.setdefault(data, set()).add(name.stem)
    for name, text in texts.items():
        if name.parts[0] == _MODEL_FOLDER:
            for match in _ARRAY.finditer(text):
                data = _bytes(match[2])
                if data[_IDENTIFIER] == b"TFL3":
                    found.setdefault(data, set()).update((name.stem, match[1]))
    return found


def _bytes(written: str) -> bytes:
    """A C initializer's numbers; empty when they are not bytes, or written as C's octals."""
    try:
        return bytes(int(word, 0) for word in written.replace(",", " ").split())
    except ValueError:
        return b""


def _deployed_model(models: Mapping[bytes, set[str]], included: set[str], path: Path) -> bytes:
    """The one model that the impulse runs: the files of an earlier deployment may lie beside it."""
    wanted = {PurePosixPath(name).stem for name in included if "resolver" not in name}
    chosen = [data for data, names in models.items() if not wanted or names & wanted]
    known = set().union(*models.values()) if models else set()
    if not chosen or not wanted <= known:
        raise UserError(
            "it holds no .tflite model, only code that the EON compiler made of one",
            location=Location(path),
            hint="in Edge Impulse: Deployment, C++ library, and turn the EON compiler off",
        )
    if len(chosen) > 1:
        raise UserError(f"it holds {len(chosen)} models", location=Location(path), hint="export one learning block")
    return chosen[0]


def _labels(text: str, path: Path) -> tuple[str, ...]:
    """C's string literals, as far as they are Python's too."""
    opening = _LABELS.search(text)
    labels: list[str] = []
    position = opening.end() if opening else len(text)
    while match := _STRING.match(text, position):
        try:
            labels.append(str(ast.literal_eval(match[1])))
        except (SyntaxError, ValueError):
            raise UserError(f"its label {match[1][:80]} is no text", location=Location(path)) from None
        position = match.end()
    return tuple(labels)


def _defined(text: str, name: str) -> str | None:
    match = re.search(_DEFINITION.format(name), text, re.MULTILINE)
    return match[1] if match else None


def _scaling(text: str, path: Path) -> tuple[float, int] | None:
    """What older versions state; newer ones leave it to the model. A float model is stated with a scale of 0."""
    scale, zero_point = _defined(text, "TFLITE_INPUT_SCALE"), _defined(text, "TFLITE_INPUT_ZEROPOINT")
    if scale is None or zero_point is None:
        return None
    try:
        return (float(scale), int(zero_point)) if float(scale) else None
    except ValueError:
        raise UserError(f"its input's scaling is no number: {scale}, {zero_point}", location=Location(path)) from None


def _check_input(export: EdgeImpulseExport, graph: Graph, path: Path) -> None:
    """The generated C scales inputs by the model itself: an export that says otherwise is not of this model."""
    if len(graph.main.inputs) != 1:
        raise UserError(f"its model has {len(graph.main.inputs)} inputs, not one", location=Location(path))
    tensor = graph.main.tensors[graph.main.inputs[0]]
    if export.datatype not in (None, tensor.dtype):
        raise UserError(
            f"its parameters say that the input is {export.datatype.label}, its model {tensor.dtype.label}",
            location=Location(path),
            hint="export it again",
        )
    if export.scaling is None or tensor.quantization is None or tensor.quantization.axis is not None:
        return
    found = (tensor.quantization.scale, tensor.quantization.zero_point)
    if not math.isclose(found[0], export.scaling[0], rel_tol=1e-6) or found[1] != export.scaling[1]:
        raise UserError(
            f"its parameters scale the input by {export.scaling}, its model by {found}",
            location=Location(path),
            hint="export it again",
        )
