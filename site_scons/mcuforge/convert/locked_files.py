"""Which files a lock holds; no more than names, for plans that only depend on them."""

from __future__ import annotations

from pathlib import Path

from mcuforge.convert.source_files import source_files
from mcuforge.manifest.types import Project


def lock_path(project: Project) -> Path:
    """Beside the manifest: project.yaml → project.lock.yaml."""
    return project.path.with_suffix(".lock.yaml")


def locked_files(project: Project) -> list[Path]:
    """Every file whose digest is locked."""
    return [*model_files(project), *data_files(project)]


def model_files(project: Project) -> list[Path]:
    return source_files(project.model.source, project.model.format)


def data_files(project: Project) -> list[Path]:
    named = (
        project.quantize.calibration if project.quantize else None,
        project.accuracy.dataset if project.accuracy else None,
        project.compress.data if project.compress else None,
        project.golden.file,
    )
    return sorted(path for path in named if path is not None)
