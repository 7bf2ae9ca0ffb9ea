"""The labelled examples of each split, every example a pure function of its description.

An example is one second of audio: a word or none, how it is spoken, and the scene around it. Each has a random
generator of its own, so a split comes out the same however many processes make it.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import synth
from features import Int8Array, quantized
from noise import NOISE_KINDS, Float64Array, Int16Array, Scene, mix
from synth import Utterance, coloured, speak
from voices import LABELS, SILENCE, UNKNOWN, UNKNOWN_WORDS, UNTRAINED_WORDS, Split, voices

HERE = Path(__file__).resolve().parent
SPEEDS = (90, 200)  # words per minute
PITCHES = (20, 80)
WORD_LEVELS_DBFS = (-36.0, -16.0)
SILENCE_LEVELS_DBFS = (-100.0, -30.0)
TRAIN_SNRS_DB = (0.0, 30.0)
TRAIN_CLEAN_SHARE = 0.15
TRAIN_STRETCH = (0.8, 1.25)
TRAIN_TONE_DB = (-12.0, 12.0)
TRAIN_TONE_BANDS = 7
MODERATE_SNRS_DB = (None, 20.0, 15.0, 10.0)  # validation and test; None is no added noise
TEST_UNTRAINED_SHARE = 0.5  # of the test's unknown words, so many are words that training never heard
BABBLE_POOL = 240  # recordings of unknown words that babble is made of, in each split


@dataclass(frozen=True)
class Size:
    """`utterances` are spoken for a class (UNKNOWN_FACTOR as many for `unknown`), each put into `takes` scenes."""

    utterances: int
    takes: int


SIZES: dict[Split, Size] = {"train": Size(1800, 3), "validation": Size(96, 1), "test": Size(512, 1)}
SEEDS: dict[Split, int] = {"train": 1, "validation": 2, "test": 3}
TRAIN_UNKNOWN_FACTOR = 3  # `unknown` is many words, and the ones never trained on are to be rejected too


@dataclass(frozen=True)
class Colour:
    """The parameters of `synth.coloured`."""

    stretch: float
    tone_db: tuple[float, ...]


@dataclass(frozen=True)
class Example:
    """`colour` alters the voice, in training only; `seed` decides the noise and where in the second the word begins."""

    split: Split
    label: int
    utterance: Utterance | None
    colour: Colour | None
    scene: Scene
    seed: tuple[int, ...]


@dataclass(frozen=True)
class Dataset:
    """Features `x` int8 [n, 49, 10, 1], labels `y` int64 [n], and how each row was made."""

    x: Int8Array
    y: npt.NDArray[np.int64]
    examples: tuple[Example, ...]

    def subset(self, rows: npt.NDArray[np.int64]) -> Dataset:
        return Dataset(self.x[rows], self.y[rows], tuple(self.examples[row] for row in rows))


def describe(split: Split) -> tuple[Example, ...]:
    """The examples of a split, in the order of their labels; voices take turns, the rest is drawn."""
    rng = np.random.default_rng(SEEDS[split])
    found: list[Example] = []
    for label in range(len(LABELS)):
        factor = TRAIN_UNKNOWN_FACTOR if split == "train" and label == UNKNOWN else 1
        for number in range(SIZES[split].utterances * factor):
            utterance = None if label == SILENCE else draw_utterance(split, label, number, rng)
            for _ in range(SIZES[split].takes):
                colour = draw_colour(rng) if split == "train" else None
                scene = draw_scene(split, label, rng)
                found.append(Example(split, label, utterance, colour, scene, (SEEDS[split], len(found))))
    return tuple(found)


def draw_utterance(split: Split, label: int, number: int, rng: np.random.Generator) -> Utterance:
    choices: tuple[str, ...] = (LABELS[label],)
    if label == UNKNOWN:
        choices = UNTRAINED_WORDS if split == "test" and rng.random() < TEST_UNTRAINED_SHARE else UNKNOWN_WORDS
    speakers = voices(split)
    return Utterance(
        word=choices[int(rng.integers(len(choices)))],
        voice=speakers[number % len(speakers)],
        speed=int(rng.integers(SPEEDS[0], SPEEDS[1], endpoint=True)),
        pitch=int(rng.integers(PITCHES[0], PITCHES[1], endpoint=True)),
    )


def draw_colour(rng: np.random.Generator) -> Colour:
    low, high = np.log(TRAIN_STRETCH)
    tone_db = rng.uniform(*TRAIN_TONE_DB, size=TRAIN_TONE_BANDS)
    return Colour(float(np.exp(rng.uniform(low, high))), tuple(float(gain) for gain in tone_db))


def draw_scene(split: Split, label: int, rng: np.random.Generator) -> Scene:
    noise = NOISE_KINDS[int(rng.integers(len(NOISE_KINDS)))]
    if label == SILENCE:
        return Scene(noise, snr_db=0.0, level_dbfs=float(rng.uniform(*SILENCE_LEVELS_DBFS)))
    snr_db: float | None
    if split != "train":
        snr_db = MODERATE_SNRS_DB[int(rng.integers(len(MODERATE_SNRS_DB)))]
    else:
        snr_db = None if rng.random() < TRAIN_CLEAN_SHARE else float(rng.uniform(*TRAIN_SNRS_DB))
    return Scene(noise, snr_db, level_dbfs=float(rng.uniform(*WORD_LEVELS_DBFS)))


def at_snr(examples: tuple[Example, ...], snr_db: float) -> tuple[Example, ...]:
    """The examples that hold a word, every one in noise of this ratio."""
    return tuple(
        replace(example, scene=replace(example.scene, snr_db=snr_db)) for example in examples if example.utterance
    )


def audio(example: Example, cache: Path) -> Int16Array:
    """One second of sound, int16 [16000]."""

    def talker(rng: np.random.Generator) -> Float64Array:
        pick = np.random.default_rng((SEEDS[example.split], 0, int(rng.integers(BABBLE_POOL))))
        speakers = voices(example.split)
        return speak(draw_utterance(example.split, UNKNOWN, int(pick.integers(len(speakers))), pick), cache)

    word = speak(example.utterance, cache) if example.utterance else None
    if word is not None and example.colour is not None:
        word = coloured(word, example.colour.stretch, example.colour.tone_db)
    return mix(word, example.scene, np.random.default_rng(example.seed), talker)


def build(examples: tuple[Example, ...], work: Path, jobs: int) -> Dataset:
    """The features of the examples, made by `jobs` processes or taken from the cache in `work`."""
    cache = work / "wav"
    cache.mkdir(parents=True, exist_ok=True)
    stored = work / f"{_digest(examples)}.npy"
    if not stored.exists():
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            rows = pool.map(partial(_features, cache=cache), examples, chunksize=64)
        partial_file = stored.with_suffix(".partial.npy")
        np.save(partial_file, np.stack(rows))
        partial_file.replace(stored)
    labels = np.array([example.label for example in examples], np.int64)
    return Dataset(np.load(stored), labels, examples)


def _features(example: Example, cache: Path) -> Int8Array:
    return quantized(audio(example, cache))


def _digest(examples: tuple[Example, ...]) -> str:
    """Names what the features depend on: the examples, the code that makes them and the synthesiser."""
    digest = hashlib.sha256(repr(examples).encode() + synth.version().encode())
    for module in ("corpus.py", "features.py", "noise.py", "synth.py", "voices.py"):
        digest.update((HERE / module).read_bytes())
    return digest.hexdigest()[:16]
