"""What is kept of a build to compare later ones with: its files as they are, in one folder or in one report.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcuforge.errors import InternalError, Location, UserError
from mcuforge.report.formats.json import SCHEMA_VERSION, read_json
from mcuforge.report.regression.shape import misshapen
from mcuforge.report.types import SizeReport

SIZE_FILES = ("size.tree.json", "size.json")
EMULATE_FILE = "emulate.json"
ACCURACY_FILE = "accuracy.json"
_BESIDE = (EMULATE_FILE, ACCURACY_FILE)


@dataclass(frozen=True)
class Measured:
    """A build's numbers. `instructions` of one inference and `accuracy` (accuracy.json) are None where nobody asked.

    `mcuforge` is the version that built it, None where the file does not tell.
    """

    size: SizeReport
    instructions: int | None
    accuracy: Mapping[str, Any] | None = field(hash=False)
    mcuforge: str | None = None


def read_measured(path: Path) -> Measured:
    """From a size.json, size.tree.json or report.json, and the emulate.json and accuracy.json of the same build.

    Raises UserError for a file that is none of these.
    """
    document = _document(path, "size")
    replay = document.get("emulation") or _optional(path.with_name(EMULATE_FILE), "emulation")
    score = document.get("accuracy") or _accuracy_beside(path)
    return _measured(path, document, replay, score)


def measured_now(size: Path, emulation: Path | None, accuracy: Path | None) -> Measured:
    """Of the build that is running: only what it has made anew, never what an older one left beside it."""
    replay = None if emulation is None else _optional(emulation, "emulation")
    score = None if accuracy is None else _optional(accuracy, "accuracy")
    return _measured(size, _document(size, "size"), replay, score)


def _measured(
    path: Path, document: dict[str, Any], replay: dict[str, Any] | None, score: dict[str, Any] | None
) -> Measured:
    try:
        size = read_json(_deepest(path, document))
    except InternalError as error:
        raise _not_a_report(path, str(error)) from None
    instructions = None if replay is None else replay["instructions_per_inference"]
    return Measured(size, instructions, score, (document.get("provenance") or {}).get("mcuforge"))


def _deepest(path: Path, document: dict[str, Any]) -> Path:
    """The same report with its tree, where it lies beside."""
    deeper = path.with_name(SIZE_FILES[0])
    if "tree" in document or not deeper.is_file():
        return path
    return deeper if {**_document(deeper, "size"), "tree": None} == {**document, "tree": None} else path


def find_measured(given: Path, project: str, board: str) -> Path:
    """The size report that a person means: a file, a build's folder, or a whole `build_dir` of several.

    Raises UserError when there is none.
    """
    if given.is_file():
        return given
    for folder in (given, given / project / board):
        for name in SIZE_FILES:
            if (folder / name).is_file():
                return folder / name
    raise UserError(
        f"there is no size.json of {project} on {board} in `{given}`",
        location=Location(given),
        hint="name a build folder, or its size.json or report.json",
    )


def _document(path: Path, kind: str) -> dict[str, Any]:
    """The JSON of a file that anybody may have written; `kind`: size, emulation or accuracy."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        version = document.get("schema_version") if isinstance(document, dict) else None
        wrong = misshapen(document, kind) if version == SCHEMA_VERSION else f"`schema_version` is not {SCHEMA_VERSION}"
    except OSError as error:
        raise UserError(f"cannot read it: {error.strerror}", location=Location(path)) from error
    except (ValueError, RecursionError):
        raise _not_a_report(path, "it is not JSON, or nested too deep") from None
    if wrong is not None:
        raise _not_a_report(path, wrong)
    checked: dict[str, Any] = document
    return checked


def _not_a_report(path: Path, reason: str) -> UserError:
    return UserError(
        f"this is no {path.name if path.name in _BESIDE else 'size.json or report.json'} of mcuforge",
        location=Location(path),
        details=(reason,),
        hint="a build writes size.json, `scons … report` report.json",
    )


def _accuracy_beside(path: Path) -> dict[str, Any] | None:
    """In the same folder, or in the model's, which the boards of a project share."""
    places = (path.with_name(ACCURACY_FILE), path.parent.parent / "model" / ACCURACY_FILE)
    return next((found for place in places if (found := _optional(place, "accuracy")) is not None), None)


def _optional(path: Path, kind: str) -> dict[str, Any] | None:
    return _document(path, kind) if path.is_file() else None
