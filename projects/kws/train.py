"""Synthesise the speech, train the network and write everything this folder commits that was not written by hand.

    python train.py           write the files
    python train.py --check   write them into a temporary folder instead, then compare with the committed ones

Needs the package's `train` and `emulate` extras and Debian's espeak-ng. Audio and features are kept in `--work` and
used again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import synth
from corpus import Dataset, at_snr, build, describe
from features import as_float
from measure import breakdown, predictions, share

from mcuforge.convert.build import tflite_file
from mcuforge.convert.recipe import is_identical, pin
from mcuforge.manifest.load import load_project
from mcuforge.manifest.types import ModelSource, Quantize

if TYPE_CHECKING:
    import tensorflow as tf

HERE = Path(__file__).resolve().parent
DEFAULT_WORK = HERE.parents[1] / "build" / "kws-train"
CALIBRATION_EXAMPLES = 96
GOLDEN_EXAMPLES = 32
TEST_EXAMPLES = 180
HARD_SNRS_DB = (5.0, 0.0)
HARD_SHARE = 5  # one test example in so many is measured again at each of these ratios; coprime with the voices' number


@dataclass(frozen=True)
class Corpus:
    """`hard` is a part of the test set at HARD_SNRS_DB."""

    train: Dataset
    validation: Dataset
    test: Dataset
    hard: tuple[Dataset, ...]


def synthesise(work: Path, jobs: int) -> Corpus:
    test = describe("test")
    return Corpus(
        build(describe("train"), work, jobs),
        build(describe("validation"), work, jobs),
        build(test, work, jobs),
        tuple(build(at_snr(test[::HARD_SHARE], snr), work, jobs) for snr in HARD_SNRS_DB),
    )


def spread(count: int, data: Dataset) -> Dataset:
    """`count` examples at even distances: all labels, for a split is sorted by label."""
    return data.subset(np.linspace(0, data.y.size - 1, count).astype(np.int64))


def results(network: tf.keras.Model, tflite: bytes, corpus: Corpus) -> dict[str, Any]:
    """Everything the README states; int8 is measured on TensorFlow Lite Micro."""
    from model import predicted_labels

    test = corpus.test
    committed, golden = spread(TEST_EXAMPLES, test), spread(GOLDEN_EXAMPLES, test)
    predicted = predictions(tflite, test.x)
    groups = breakdown(test, predicted)
    for data in corpus.hard:
        groups["snr"] |= breakdown(data, predictions(tflite, data.x))["snr"]
    return {
        "espeak_ng": synth.version(),
        "tensorflow": version("tensorflow-cpu"),
        "tflite_micro": version("tflite-micro"),
        "sha256": hashlib.sha256(tflite).hexdigest(),
        "model_bytes": len(tflite),
        "train_examples": int(corpus.train.y.size),
        "validation_examples": int(corpus.validation.y.size),
        "test_examples": int(test.y.size),
        "top1_float": share(predicted_labels(network, test) == test.y),
        "top1_int8": share(predicted == test.y),
        "top1_int8_committed_test": share(predictions(tflite, committed.x) == committed.y),
        "top1_int8_golden": share(predictions(tflite, golden.x) == golden.y),
        "top1_int8_by": groups,
    }


def write(folder: Path, network: tf.keras.Model, corpus: Corpus) -> str:
    """Everything that is committed, into a folder; returns the digest of kws.keras."""
    from model import save

    golden, test = spread(GOLDEN_EXAMPLES, corpus.test), spread(TEST_EXAMPLES, corpus.test)
    save(network, folder / "kws.keras")
    np.savez_compressed(folder / "calibration.npz", x=as_float(spread(CALIBRATION_EXAMPLES, corpus.train).x))
    np.savez_compressed(folder / "golden.npz", x=golden.x, y=golden.y)
    np.savez_compressed(folder / "test.npz", x=as_float(test.x), y=test.y)
    text = json.dumps(results(network, converted(folder), corpus), indent=2)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    print(text)
    return hashlib.sha256((folder / "kws.keras").read_bytes()).hexdigest()


def converted(folder: Path) -> bytes:
    """The int8 model, as a build makes it of the folder's kws.keras and calibration.npz."""
    project = load_project(HERE / "project.yaml")
    source = ModelSource(folder / "kws.keras", "keras")
    quantize = Quantize("int8", folder / "calibration.npz", "int8")
    return tflite_file(replace(project, model=source, quantize=quantize)).read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write none")
    parser.add_argument(
        "--work", type=Path, default=DEFAULT_WORK, help="where audio and features are kept (%(default)s)"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes that synthesise (%(default)s)")
    options = parser.parse_args()
    corpus = synthesise(options.work, options.jobs)
    # TensorFlow only now: the processes that synthesise import this file, and need none of it.
    from model import fix_randomness, train

    fix_randomness()
    network = train(corpus.train, corpus.validation)
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), network, corpus)
            return 0 if is_identical(Path(folder), HERE) else 1
    pin(HERE / "project.yaml", write(HERE, network, corpus))
    return 0


if __name__ == "__main__":
    sys.exit(main())
