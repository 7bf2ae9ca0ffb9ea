"""The process that converts: the only one that imports TensorFlow, PyTorch or a quantizer.

    python -m mcuforge.convert.process FOLDER

FOLDER holds `job.json`, and gets `model.tflite`, `float.tflite` and `facts.json`, or `error.json` with what the user
can mend. `progress` names what is being done.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mcuforge.convert.calibration import calibration_notes, calibration_rows
from mcuforge.convert.float16 import check_range
from mcuforge.convert.job import FLOAT_FILE, MODEL_FILE, Facts, Job
from mcuforge.convert.loader import Row, Say, TrainedModel, loaders_by_format, versions
from mcuforge.convert.parity import check_parity, sample_rows
from mcuforge.errors import Location, UserError
from mcuforge.resources import write_atomic

JOB_FILE = "job.json"
FACTS = "facts.json"
ERROR_FILE = "error.json"
PROGRESS_FILE = "progress"
SEED = 1


def main(argv: Sequence[str]) -> int:
    folder = Path(argv[0])
    job = Job.from_json((folder / JOB_FILE).read_text(encoding="utf-8"))
    try:
        facts = convert(job, folder, lambda text: write_atomic(folder / PROGRESS_FILE, text))
    except UserError as error:
        write_atomic(folder / ERROR_FILE, error_to_json(error))
        return UserError.exit_code
    write_atomic(folder / FACTS, facts.to_json())
    return 0


def convert(job: Job, folder: Path, say: Say) -> Facts:
    """Writes both models into `folder`. Raises UserError."""
    np.random.seed(SEED)  # what converters draw from
    loader = loaders_by_format()[job.format]
    say(f"loading {job.source.name}")
    model = loader.load(job.source, folder, say)
    rows: list[Row] = []
    notes = list(loader.notes(job.source))
    if job.calibration is not None:
        rows = calibration_rows(job.calibration, model.inputs)
        notes += calibration_notes(job.scheme, rows)
    say("converting to float .tflite")
    as_float = model.float_tflite()
    say("comparing with the float model")
    parity = check_parity(job.source, model, as_float, rows or sample_rows(model.inputs))
    final, compression = _compress(job, model, say)
    if job.scheme == "none":
        converted = as_float if final is model else final.float_tflite()
    else:
        say(f"quantizing to {job.scheme}" + (f" with {len(rows)} rows" if rows else ""))
        converted = final.quantized(job.scheme, job.io, rows)
        check_range(job.source, converted)
    write_atomic(folder / FLOAT_FILE, as_float)
    write_atomic(folder / MODEL_FILE, converted)
    return Facts(
        loader=model.loader,
        versions=versions(job),
        sha256=hashlib.sha256(converted).hexdigest(),
        float_sha256=hashlib.sha256(as_float).hexdigest(),
        parity=parity,
        notes=tuple(notes),
        compression=compression,
    )


def _compress(job: Job, model: TrainedModel, say: Say) -> tuple[TrainedModel, Mapping[str, Any]]:
    """What is built: the model itself, or what the manifest makes of it. The float reference is never compressed."""
    if job.compress is None:
        return model, {}
    from mcuforge.convert.compress.compress import compress

    return compress(job, say)


def error_to_json(error: UserError) -> str:
    place = error.location
    location = None if place is None else [str(place.file), place.line, place.column]
    return json.dumps(
        {"message": error.message, "location": location, "hint": error.hint, "details": list(error.details)}
    )


def error_from_json(text: str) -> UserError:
    data = json.loads(text)
    location = None
    if data["location"] is not None:
        file, line, column = data["location"]
        location = Location(Path(file), line, column)
    return UserError(data["message"], location=location, hint=data["hint"], details=tuple(data["details"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
