"""project.yaml → Project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mcuforge.errors import UserError
from mcuforge.manifest.find import is_path
from mcuforge.manifest.paths import is_directory, resolve
from mcuforge.manifest.suggestions import nearest
from mcuforge.manifest.types import (
    AUDITS,
    EDGE_IMPULSE_FOLDERS,
    ERROR_METRICS,
    Accuracy,
    App,
    Channels,
    Compress,
    Golden,
    ModelSource,
    Positions,
    Project,
    Prune,
    QuantizationAwareTraining,
    Quantize,
)
from mcuforge.manifest.validate import validate
from mcuforge.manifest.yaml_positions import read_yaml
from mcuforge.units import parse_percentage, parse_size

MODEL_FORMATS = {
    ".tflite": "tflite",
    ".keras": "keras",
    ".h5": "h5",
    ".onnx": "onnx",
    ".pt2": "pt2",
    ".zip": "edge_impulse",
}
DEFAULT_GOLDEN = Golden(file=None, count=8, seed=1)
_DEFAULT_SEED = 1
_DEFAULT_EPOCHS = 2
_NATURAL_IO = {"int8": "int8", "int16x8": "int16", "float16": "float32", "dynamic": "float32", "none": "float32"}


def load_project(path: Path) -> Project:
    """A validated project. Raises UserError at the place in the file that is wrong; no other file is looked at."""
    path = Path(path).resolve()
    data, positions = read_yaml(path)
    validate(data, positions, "project")
    return Project(
        name=data["name"],
        path=path,
        model=_model(data["model"], positions),
        compress=_compress(data.get("compress"), path.parent),
        quantize=_quantize(data.get("quantize"), positions),
        accuracy=_accuracy(data.get("accuracy"), positions),
        operators=_operators(data.get("operators", "auto")),
        runtime=data.get("runtime", "aot"),
        kernels=data.get("kernels", "builtin"),
        arena_bytes=None if data.get("arena", "auto") == "auto" else parse_size(data["arena"]),
        golden=_golden(data.get("golden"), path.parent),
        budgets_bytes=_budgets(data.get("budgets", {})),
        boards=tuple(_board(board, path.parent) for board in data.get("boards", ())),
        app=_app(data.get("app"), path.parent),
        labels=tuple(data.get("labels", ())),
        require_optimized=data.get("require_optimized", False),
        growth={name: parse_percentage(share) for name, share in data.get("budgets", {}).get("growth", {}).items()},
        audits=_audits(data.get("audit")),
        positions=positions,
    )


def _model(block: dict[str, Any], positions: Positions) -> ModelSource:
    source = resolve(block["source"], positions.file.parent)
    pin = block.get("sha256")
    return ModelSource(source, _format_of(source, positions), pin.lower() if pin else None)


def _format_of(source: Path, positions: Positions) -> str:
    """By suffix; a path without one is the directory of a SavedModel, or of an unpacked Edge Impulse export."""
    suffix = source.suffix.lower()
    if suffix in MODEL_FORMATS:
        return MODEL_FORMATS[suffix]
    if is_directory(source / EDGE_IMPULSE_FOLDERS[0]):
        return "edge_impulse"
    if not suffix or is_directory(source):
        return "saved_model"
    close = nearest(suffix, MODEL_FORMATS)
    raise UserError(
        f"`{suffix}` is not a model format",
        location=positions.at("model", "source"),
        hint=f"did you mean `{close}`?" if close else f"write {', '.join(MODEL_FORMATS)} or a SavedModel directory",
    )


def _quantize(block: dict[str, Any] | None, positions: Positions) -> Quantize | None:
    if block is None:
        return None
    calibration = block.get("calibration")
    if calibration is None and block["scheme"] in ("int8", "int16x8"):
        raise UserError(
            f"the scheme {block['scheme']} needs calibration data",
            location=positions.at("quantize", "scheme"),
            hint="add `calibration: calibration.npz`, with an array `x` of shape [n, *input]",
        )
    file = resolve(calibration, positions.file.parent) if calibration else None
    return Quantize(block["scheme"], file, block.get("io", _NATURAL_IO[block["scheme"]]))


def _compress(block: dict[str, Any] | None, directory: Path) -> Compress | None:
    if block is None:
        return None
    channels, prune, training = (block.get(key) for key in ("channels", "prune", "quantization_aware_training"))
    return Compress(
        data=resolve(block["data"], directory),
        channels=Channels(float(channels["remove"]), channels.get("epochs", _DEFAULT_EPOCHS)) if channels else None,
        prune=Prune(float(prune["sparsity"]), prune.get("epochs", _DEFAULT_EPOCHS)) if prune else None,
        quantization_aware_training=QuantizationAwareTraining(training["epochs"]) if training else None,
        learning_rate=float(block.get("learning_rate", 1e-3)),
        batch=block.get("batch", 32),
    )


def _accuracy(block: dict[str, Any] | None, positions: Positions) -> Accuracy | None:
    if block is None:
        return None
    metric = block["metric"]
    wrong, right = ("min", "max") if metric in ERROR_METRICS else ("max", "min")
    if wrong in block:
        raise UserError(
            f"{metric} is {'an error: smaller' if right == 'max' else 'a score: larger'} is better",
            location=positions.at_key("accuracy", wrong),
            hint=f"write `{right}: {block[wrong]}`",
        )
    dataset = resolve(block["dataset"], positions.file.parent)
    return Accuracy(dataset, metric, block.get("min"), block.get("max"), block.get("max_drop"))


def _budgets(block: dict[str, Any]) -> dict[str, int]:
    return {region: parse_size(size) for region, size in block.items() if region != "growth"}


def _audits(value: str | bool | list[str] | None) -> tuple[str, ...] | None:
    if value is None or isinstance(value, list):
        return None if value is None else tuple(value)
    return AUDITS if value in ("strict", True) else ()


def _operators(value: str | list[str]) -> tuple[str, ...] | None:
    return None if isinstance(value, str) else tuple(value)


def _golden(value: str | dict[str, int] | None, directory: Path) -> Golden:
    match value:
        case None:
            return DEFAULT_GOLDEN
        case str():
            return Golden(resolve(value, directory), 0, 0)
        case _:
            return Golden(None, int(value["random"]), int(value.get("seed", _DEFAULT_SEED)))


def _board(written: str, directory: Path) -> str:
    """A board's name as it is; a board file's path made absolute."""
    return str(resolve(written, directory)) if is_path(written) else written


def _app(block: dict[str, list[str]] | None, directory: Path) -> App | None:
    if block is None:
        return None
    sources = tuple(resolve(source, directory) for source in block["sources"])
    return App(sources, tuple(resolve(folder, directory) for folder in block.get("include_dirs", ())))
