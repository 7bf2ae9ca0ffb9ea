"""Background noise, and the mixing of a word into it: one second of int16 audio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from features import SAMPLES

Float64Array = npt.NDArray[np.float64]
Int16Array = npt.NDArray[np.int16]
NoiseKind = Literal["white", "pink", "babble"]
Talker = Callable[[np.random.Generator], Float64Array]  # draws one word of babble

NOISE_KINDS: tuple[NoiseKind, ...] = ("white", "pink", "babble")
BABBLE_TALKERS = 6
BABBLE_WORDS_EACH = 2


@dataclass(frozen=True)
class Scene:
    """How one second sounds. `snr_db` compares the word, over its own length, with the noise; None is no noise."""

    noise: NoiseKind
    snr_db: float | None
    level_dbfs: float


def background(kind: NoiseKind, rng: np.random.Generator, talker: Talker) -> Float64Array:
    """One second of noise with a root mean square of 1."""
    if kind == "white":
        noise = rng.standard_normal(SAMPLES)
    elif kind == "pink":
        noise = pink(rng)
    else:
        noise = babble(rng, talker)
    return noise / rms(noise)


def pink(rng: np.random.Generator) -> Float64Array:
    """Noise whose power falls with 1/f."""
    spectrum = np.fft.rfft(rng.standard_normal(SAMPLES))
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.size), 1.0))
    return np.fft.irfft(spectrum, SAMPLES)


def babble(rng: np.random.Generator, talker: Talker) -> Float64Array:
    """Several people talking at once: words at random times, each at the same level, going round the second's end."""
    noise = np.zeros(SAMPLES)
    for _ in range(BABBLE_TALKERS * BABBLE_WORDS_EACH):
        word = talker(rng)[:SAMPLES]
        noise[: word.size] += word / rms(word)
        noise = np.roll(noise, int(rng.integers(SAMPLES)))
    return noise


def rms(signal: Float64Array) -> float:
    return float(np.sqrt(np.mean(signal**2)))


def decibels(value: float) -> float:
    """An amplitude from decibels."""
    return float(10.0 ** (value / 20.0))


def mix(word: Float64Array | None, scene: Scene, rng: np.random.Generator, talker: Talker) -> Int16Array:
    """The word at a random place within the second, in the scene's noise; without a word, the noise at `level_dbfs`."""
    signal = np.zeros(SAMPLES)
    gain = decibels(scene.level_dbfs)
    if word is not None:
        word = word[:SAMPLES]
        start = int(rng.integers(SAMPLES - word.size + 1))
        signal[start : start + word.size] = word * (gain / rms(word))
    if scene.snr_db is not None:
        signal += background(scene.noise, rng, talker) * gain * decibels(-scene.snr_db)
    return np.clip(np.rint(signal * 32768.0), -32768, 32767).astype(np.int16)
