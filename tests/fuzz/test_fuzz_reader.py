"""The coverage-guided fuzz target works, and its seeds are what they claim to be."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.corpus import FOLDER, SEEDS
from tests.fuzz.stages import GENERATED, exercise
from tests.support.scons import ROOT
from tests.support.tflite_builder import pack

RUNS = 300


@pytest.mark.parametrize("name", SEEDS)
def test_each_seed_comes_through_every_stage(name: str) -> None:
    outcome, _ = exercise((FOLDER / f"{name}.tflite").read_bytes())
    assert outcome == GENERATED


def test_the_corpus_is_what_its_script_writes() -> None:
    assert {path.stem: path.read_bytes() for path in FOLDER.iterdir()} == {
        name: pack(make().object) for name, make in SEEDS.items()
    }


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_the_fuzz_target_runs_from_its_corpus(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tests.fuzz.fuzz_reader", str(tmp_path), str(FOLDER), f"-runs={RUNS}", "-seed=1"]
    search_path = os.pathsep.join([str(ROOT), str(ROOT / "site_scons")])
    environment = {**os.environ, "PYTHONPATH": search_path}
    done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {RUNS} runs" in done.stderr
