"""The wake-word models inside the PyPI distribution `pymicro-wakeword`, which is never imported."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

_DISTRIBUTION = "pymicro-wakeword"
_NAMES = ("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu")


def wake_word_params() -> list[object]:
    """One pytest parameter (a path) for each model; skipped, with the reason, where the distribution is absent."""
    found = {path.stem: path for path in wake_word_paths()}
    skipped = pytest.mark.skip(reason=f"{_DISTRIBUTION} is not installed")
    return [pytest.param(found.get(name), id=name, marks=[] if name in found else [skipped]) for name in _NAMES]


def wake_word_paths() -> list[Path]:
    """The models that are installed."""
    try:
        files = importlib.metadata.files(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())) for file in files if file.suffix == ".tflite"]


def speech_like_frames(shape: tuple[int, ...], count: int, seed: int) -> npt.NDArray[np.int8]:
    """`count` frames of filter-bank energies as speech has them: voiced stretches with moving formants, and pauses.

    Quantized as these models expect it: -128 is silence. Successive rows, also within a frame, are successive times.
    """
    generator = np.random.default_rng(seed)
    rows, bands = count * shape[-2], shape[-1]
    voiced = np.repeat(generator.random(rows // 12 + 1) < 0.7, 12)[:rows]
    energy = np.zeros((rows, bands))
    for _ in range(3):
        centre = bands * (0.5 + 0.45 * np.sin(np.cumsum(generator.normal(0, 0.15, rows)) + generator.uniform(0, 6)))
        energy += np.exp(-(((np.arange(bands) - centre[:, None]) / 3.0) ** 2))
    energy = energy * voiced[:, None] * generator.uniform(120, 220) + generator.normal(8, 6, (rows, bands))
    return (np.clip(energy, 0, 255) - 128).astype(np.int8).reshape(count, *shape)
