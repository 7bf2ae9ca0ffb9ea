"""The front end of projects/kws, and that the committed features are what its code makes of synthesised speech."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest

from tests.support.scons import ROOT

KWS = ROOT / "projects" / "kws"
MODULES = ("features", "voices", "noise", "synth", "corpus")


@pytest.fixture
def kws(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """The example's own modules, imported as its train.py imports them and forgotten afterwards."""
    monkeypatch.syspath_prepend(str(KWS))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    modules = {name: importlib.import_module(name) for name in MODULES}
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name)
    return modules


def tone(hertz: float) -> npt.NDArray[np.int16]:
    """One second, half of full scale."""
    samples: npt.NDArray[np.int16] = np.rint(16000 * np.sin(2 * np.pi * hertz * np.arange(16000) / 16000)).astype(
        np.int16
    )
    return samples


def test_silence_is_one_constant_frame(kws: dict[str, ModuleType]) -> None:
    features = kws["features"].quantized(np.zeros(16000, np.int16))
    assert features.shape == (49, 10, 1)
    assert (features == features[0]).all()


@pytest.mark.parametrize("hertz", [100.0, 440.0, 1000.0, 3000.0, 7000.0])
def test_a_tone_is_loudest_in_the_mel_band_it_lies_in(kws: dict[str, ModuleType], hertz: float) -> None:
    module = kws["features"]
    dct = module.dct_matrix()
    full = np.array([[np.cos(np.pi / 40 * (band + 0.5) * order) for order in range(40)] for band in range(40)])
    full *= np.where(np.arange(40) == 0, np.sqrt(1 / 40), np.sqrt(2 / 40))
    np.testing.assert_allclose(dct, full[:, :10], atol=1e-6)
    frame = np.hanning(481)[:480] * tone(hertz)[:480] / 32768
    energies = np.abs(np.fft.rfft(frame, 512)) ** 2 @ module.mel_weights()
    edges = np.linspace(module.mel(20), module.mel(7600), 42)
    assert abs(np.argmax(energies) - (np.searchsorted(edges, module.mel(hertz)) - 1.5)) <= 1
    np.testing.assert_allclose(module.mfcc(tone(hertz))[0], np.log(energies + 2**-20) @ full[:, :10], atol=1e-4)


def test_every_bin_falls_into_at_most_two_bands_and_no_band_is_empty(kws: dict[str, ModuleType]) -> None:
    weights = kws["features"].mel_weights()
    assert (weights > 0).sum(axis=1).max() == 2
    assert (weights > 0).sum(axis=0).min() >= 1


def test_no_variant_is_in_two_splits(kws: dict[str, ModuleType]) -> None:
    everyone = [variant for variants in kws["voices"].VARIANTS.values() for variant in variants]
    assert len(everyone) == len(set(everyone))


def test_golden_features_are_synthesised_again_exactly(kws: dict[str, ModuleType], tmp_path: Path) -> None:
    stated = json.loads((KWS / "results.json").read_text(encoding="utf-8"))["espeak_ng"]
    if shutil.which("espeak-ng") is None or kws["synth"].version() != stated:
        pytest.skip(f"needs {stated}: espeak-ng of Debian 12")
    with np.load(KWS / "golden.npz") as golden:
        x, y = golden["x"], golden["y"]
    examples = kws["corpus"].describe("test")
    rows = np.linspace(0, len(examples) - 1, len(x)).astype(int)
    assert [examples[row].label for row in rows] == y.tolist()
    made = [kws["features"].quantized(kws["corpus"].audio(examples[row], tmp_path)) for row in rows]
    np.testing.assert_array_equal(np.stack(made), x)
