"""What every source format answers, and how the files of `loaders/` are found.

To add a format: one file in `convert/loaders/` with a class decorated `@register`, its extra, one test.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import pkgutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from mcuforge.convert import loaders
from mcuforge.convert.job import Job
from mcuforge.errors import InternalError, Location, UserError

Floats = npt.NDArray[np.float32]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Input:
    """An input of a trained model: its shape with a batch dimension of 1."""

    name: str
    shape: tuple[int, ...]


_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_MAX_DESCRIPTION_BYTES = 64 << 20

Row = tuple[Floats, ...]
"""One example: an array for each input, in its shape."""


class TrainedModel(Protocol):
    """A model that was loaded. Only exists in the process that converts."""

    loader: str
    inputs: tuple[Input, ...]

    def float_tflite(self) -> bytes:
        """The model as it is. Raises UserError for what has no .tflite form."""

    def quantized(self, scheme: str, io: str, calibration: Sequence[Row]) -> bytes:
        """Raises UserError as float_tflite does."""

    def predict(self, row: Row) -> tuple[Floats, ...] | None:
        """What the framework computes; None where running it would run code from the file."""


class Loader:
    """One format.

    `extra` names the optional packages that loading needs; those of quantizing a float .tflite are among them.
    """

    format: ClassVar[str]
    extra: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    """Those whose versions decide the bytes of what is converted."""
    holds_tflite: ClassVar[bool] = False
    """Whether a file of the format holds a .tflite model, which is deployed as it is unless it is to be quantized."""

    dense_marks: ClassVar[tuple[bytes, ...]] = ()
    """What a file holds that has fully connected layers."""

    def inspect(self, source: Path) -> None:
        """Raises UserError for what must not or cannot be loaded, before any heavy package is imported."""

    def has_dense_layers(self, source: Path) -> bool:
        """Whether the file speaks of fully connected layers; found without opening it as a model. Raises OSError."""
        return any(mark in content for content in _contents(source) for mark in self.dense_marks)

    def held_tflite(self, source: Path) -> bytes:
        """Raises UserError as inspect does."""
        raise NotImplementedError

    def notes(self, source: Path) -> tuple[str, ...]:
        """What an application has to do about the model. Raises UserError as inspect does."""
        del source
        return ()

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        """`folder` takes temporary files; `say` names what is being done. Raises UserError."""
        raise NotImplementedError


def _contents(source: Path) -> Iterator[bytes]:
    """Of a directory all files; of an archive the descriptions in it, without weights."""
    for path in [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file()):
        if not zipfile.is_zipfile(path):
            yield path.read_bytes()
            continue
        with contextlib.suppress(*_DAMAGED), zipfile.ZipFile(path) as archive:  # which is for the loader to tell
            for entry in archive.infolist():
                if entry.filename.endswith(".json") and entry.file_size <= _MAX_DESCRIPTION_BYTES:
                    yield archive.read(entry)


_registry: dict[str, Loader] = {}


def register(loader: type[Loader]) -> type[Loader]:
    if loader.format in _registry:
        raise InternalError(f"format {loader.format} is registered twice")
    _registry[loader.format] = loader()
    return loader


@functools.cache
def loaders_by_format() -> dict[str, Loader]:
    """Imports each file of convert/loaders once; none imports a heavy package at its top."""
    for module in pkgutil.iter_modules(loaders.__path__):
        importlib.import_module(f"{loaders.__name__}.{module.name}")
    return dict(sorted(_registry.items()))


def takes_as_it_is(job: Job) -> bool:
    """Whether no converter is run: the source holds the .tflite model that is wanted."""
    return job.scheme == "none" and loaders_by_format()[job.format].holds_tflite


def versions(job: Job) -> dict[str, str]:
    """The installed versions of what decides the bytes of a conversion; no package is imported for it."""
    found: dict[str, str] = {}
    if takes_as_it_is(job):
        return found
    more = ("tensorflow-model-optimization", "tf-keras") if job.compress else ()
    for package in (*loaders_by_format()[job.format].packages, *more):
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def fixed_shape(source: Path, name: str, shape: Sequence[int | None], hint: str) -> tuple[int, ...]:
    """A shape with a batch of 1. Raises UserError naming the first other dimension that has no size."""
    if not shape:
        raise UserError(f"the input `{name}` is a scalar, without a batch dimension", location=Location(source))
    written = ", ".join("?" if size is None else str(size) for size in shape)
    for at, size in enumerate(shape[1:], 1):
        if size is None:
            raise UserError(
                f"dimension {at} of the input `{name}` has no fixed size: [{written}]",
                location=Location(source),
                details=("memory on a microcontroller is laid out at build time: every size must be known",),
                hint=hint,
            )
    if shape[0] not in (None, 1):
        raise UserError(
            f"the input `{name}` takes {shape[0]} examples at once: [{written}]",
            location=Location(source),
            hint="export the model with a batch of 1",
        )
    return (1, *(int(size) for size in shape[1:] if size is not None))
