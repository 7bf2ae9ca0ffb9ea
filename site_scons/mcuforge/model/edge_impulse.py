"""An Edge Impulse C++ library export (a zip file) → the model, its labels, and how its input is scaled.

The export holds the model as a C array below `tflite-model/` (unless the EON compiler turned it into code), labels in
`model-parameters/model_variables.h`, and scale and zero point in `model-parameters/model_metadata.h`. It is a
stranger's file: sizes are bounded before anything is read.
"""

from __future__ import annotations

import ast
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mcuforge.errors import Location, UserError

_MAX_BYTES = 64 << 20
_ARRAY = re.compile(r"\bunsigned\s+char\s+\w+\s*\[[^\]]*\][^={;]*=\s*\{([0-9a-fA-FxX,\s]*)\}")
_LABELS = re.compile(r"\bei_classifier_inferencing_categories\w*\s*\[[^\]]*\]\s*=\s*\{([^}]*)\}")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_NUMBER = r"#define\s+EI_CLASSIFIER_TFLITE_INPUT_{}\s+(-?[0-9.eE+-]+)"
_IDENTIFIER = slice(4, 8)  # of a .tflite file


@dataclass(frozen=True)
class EdgeImpulseExport:
    """`scale` and `zero_point` of the input as the export states them; None for a float model."""

    model: bytes
    labels: tuple[str, ...]
    scale: float | None
    zero_point: int | None


def is_edge_impulse(path: Path) -> bool:
    """By its suffix: no other zip file is a model."""
    return path.suffix.lower() == ".zip"


def read_edge_impulse(path: Path) -> EdgeImpulseExport:
    """Raises UserError for a file that is no such export, or one whose model was compiled away."""
    try:
        with zipfile.ZipFile(path) as archive:
            texts = _texts(archive, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise UserError(f"this is not a whole zip file: {error}", location=Location(path)) from error
    models = [text for name, text in texts.items() if _is_in(name, "tflite-model")]
    if not models:
        raise UserError(
            "there is no folder tflite-model in it",
            location=Location(path),
            hint="in Edge Impulse: Deployment, C++ library",
        )
    parameters = "\n".join(text for name, text in texts.items() if _is_in(name, "model-parameters"))
    scale, zero_point = (re.search(_NUMBER.format(name), parameters) for name in ("SCALE", "ZEROPOINT"))
    return EdgeImpulseExport(
        model=_model(models, path),
        labels=_labels(parameters),
        scale=float(scale[1]) if scale and float(scale[1]) else None,
        zero_point=int(zero_point[1]) if scale and float(scale[1]) and zero_point else None,
    )


def _texts(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """The C files of both folders. Their declared sizes are what zipfile holds them to."""
    wanted = [
        entry
        for entry in archive.infolist()
        if PurePosixPath(entry.filename).suffix in (".h", ".hpp", ".c", ".cc", ".cpp")
        and (_is_in(entry.filename, "tflite-model") or _is_in(entry.filename, "model-parameters"))
    ]
    if sum(entry.file_size for entry in wanted) > _MAX_BYTES:
        raise UserError(f"it unpacks to more than {_MAX_BYTES >> 20} MiB", location=Location(path))
    return {entry.filename: archive.read(entry).decode("utf-8", "replace") for entry in wanted}


def _is_in(name: str, folder: str) -> bool:
    return folder in PurePosixPath(name).parts[:-1]


def _model(texts: list[str], path: Path) -> bytes:
    """The one array that is a .tflite file."""
    found = []
    for text in texts:
        for match in _ARRAY.finditer(text):
            words = match[1].replace(",", " ").split()
            try:
                data = bytes(int(word, 0) for word in words)
            except ValueError:
                continue  # not bytes, or a number as C writes octals
            if data[_IDENTIFIER] == b"TFL3":
                found.append(data)
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"it holds {len(found)} models", location=Location(path), hint="export one learning block")
    raise UserError(
        "it holds no .tflite model, only code that the EON compiler made of one",
        location=Location(path),
        hint="in Edge Impulse: Deployment, C++ library, and turn the EON compiler off",
    )


def _labels(text: str) -> tuple[str, ...]:
    """C's string literals, as far as they are Python's too."""
    match = _LABELS.search(text)
    return tuple(str(ast.literal_eval(word)) for word in _STRING.findall(match[1])) if match else ()
