"""The example of docs/convert.md, run as it stands there: a small model learns from a large one, and converts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mcuforge.convert.build import build_model
from mcuforge.model.reader import read_model
from tests.convert.models import write_project
from tests.support.extras import require_extra
from tests.support.scons import ROOT

_EXAMPLE = re.compile(r"^```python\n(import keras.*?teacher.*?)^```$", re.MULTILINE | re.DOTALL)
TEACHER = """
import keras

keras.utils.set_random_seed(1)
dense = keras.layers.Dense
layers = [keras.layers.Flatten(), dense(64, activation="relu"), dense(12, activation="softmax")]
keras.Sequential([keras.Input((49, 10, 1)), *layers]).save("large.keras")
"""
AGREEMENT = """
import keras, numpy as np

x = np.load("training.npz")["x"]
models = [keras.models.load_model(name) for name in ("large.keras", "small.keras")]
large, small = (model.predict(x, verbose=0).argmax(axis=1) for model in models)
print("agree:", float(np.mean(large == small)))
"""


def words_with_noise() -> npt.NDArray[np.float32]:
    """256 examples of 12 patterns."""
    random = np.random.Generator(np.random.PCG64(1))
    patterns = np.repeat(random.standard_normal((12, 7, 10, 1)), 7, axis=1)
    return (patterns[np.arange(256) % 12] + 0.2 * random.standard_normal((256, 49, 10, 1))).astype(np.float32)


@pytest.mark.slow
def test_the_student_of_the_documented_example_learns_from_its_teacher_and_converts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_extra("keras")
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))
    (example,) = _EXAMPLE.findall((ROOT / "docs" / "convert.md").read_text(encoding="utf-8"))
    np.savez(tmp_path / "training.npz", x=words_with_noise())
    program = TEACHER + "keras.utils.set_random_seed(1)\n" + example + AGREEMENT
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    agreement = re.search(r"^agree: ([0-9.]+)$", done.stdout, re.MULTILINE)
    assert agreement is not None and float(agreement[1]) > 0.3, "chance is one in twelve"
    build_model(write_project(tmp_path, "small.keras"), tmp_path / "out")
    assert {op.kind for op in read_model(tmp_path / "out" / "model.tflite").main.operators} >= {"CONV_2D", "SOFTMAX"}
