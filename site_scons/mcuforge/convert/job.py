"""What one conversion is asked for, and what it says about itself: plain data that crosses a process boundary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mcuforge.convert.source_files import source_files
from mcuforge.manifest.types import Compress, Project

MODEL_FILE = "model.tflite"
FLOAT_FILE = "float.tflite"
FACTS_FILE = "convert.json"


@dataclass(frozen=True)
class Job:
    """`scheme` is int8, int16x8, float16 or none; `io` the type of inputs and outputs. Paths are absolute."""

    source: Path
    format: str
    scheme: str
    io: str
    calibration: Path | None
    compress: Mapping[str, Any] | None

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Job:
        data = json.loads(text)
        calibration = data["calibration"]
        return cls(
            Path(data["source"]),
            data["format"],
            data["scheme"],
            data["io"],
            Path(calibration) if calibration else None,
            data["compress"],
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What changes the result besides the contents of files: no paths."""
        compress = {name: value for name, value in (self.compress or {}).items() if name != "data"}
        return {"format": self.format, "scheme": self.scheme, "io": self.io, "compress": compress}

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is read: the source's own, then data."""
        more = [self.calibration, Path(self.compress["data"]) if self.compress else None]
        return (*source_files(self.source, self.format), *(path for path in more if path is not None))


def job_of(project: Project) -> Job:
    """The conversion that a manifest asks for."""
    quantize = project.quantize
    return Job(
        source=project.model.source,
        format=project.model.format,
        scheme=quantize.scheme if quantize else "none",
        io=quantize.io if quantize else "float32",
        calibration=quantize.calibration if quantize else None,
        compress=_compress(project.compress),
    )


def _compress(compress: Compress | None) -> dict[str, Any] | None:
    return None if compress is None else {**asdict(compress), "data": str(compress.data)}


@dataclass(frozen=True)
class Facts:
    """What was done. `loader` is who opened the model; `notes` are warnings for the person; digests are SHA-256.

    `parity` is the largest difference between what the framework and the float .tflite compute on the same rows,
    relative to the largest output; None where the framework's model is not run.
    """

    loader: str
    versions: Mapping[str, str]
    sha256: str
    float_sha256: str
    parity: float | None
    notes: tuple[str, ...] = ()
    compression: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps({"schema_version": 1, **asdict(self)}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Facts:
        data = json.loads(text)
        del data["schema_version"]
        return cls(**{**data, "notes": tuple(data["notes"])})
