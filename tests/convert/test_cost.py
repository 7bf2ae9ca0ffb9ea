"""What a conversion may cost, measured on the visual wake words reference, or, without it, on a MobileNet as large."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.convert.models import person_detector, write_project
from tests.support.extras import require_extra
from tests.support.projects import MODELS
from tests.support.scons import ROOT, scons

MAX_SECONDS = 60.0
MAX_KIB = 3 << 20
FROM_CACHE_SECONDS = 5.0
CALIBRATION_ROWS = 100

# Runs a program to its end, and adds what the largest process of its was.
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("peak KiB:", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    require_extra("keras")
    model = MODELS / "vww_96.h5"
    if not model.exists():
        model = tmp_path / "vww_96.h5"
        person_detector(model)
    rows = np.random.Generator(np.random.PCG64(1)).standard_normal((CALIBRATION_ROWS, 96, 96, 3)).astype(np.float32)
    quantize = "quantize: {scheme: int8, calibration: calibration.npz}\n"
    return write_project(tmp_path, f"'{model}'", quantize, rows).path


@pytest.mark.slow
def test_a_mobilenet_of_keras_2_converts_within_a_minute_and_3_gib_and_then_costs_nothing(
    project: Path, tmp_path: Path
) -> None:
    convert = [sys.executable, "-m", "mcuforge.workers.convert", "--project", str(project), "--output"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons"), "MCUFORGE_CACHE": str(tmp_path / "cache")}
    argv = [sys.executable, "-c", MEASURED, *convert, str(tmp_path / "first")]
    begin = time.monotonic()
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True)
    assert time.monotonic() - begin < MAX_SECONDS
    assert "opened with tf-keras" in done.stdout
    peak = re.search(r"peak KiB: (\d+)", done.stdout)
    assert peak is not None and (100 << 10) < int(peak[1]) < MAX_KIB

    words = (f"project={project}", "board=host", f"build_dir={tmp_path / 'build'}", "lock")
    begin = time.monotonic()
    another_folder = scons(*words, MCUFORGE_CACHE=str(tmp_path / "cache"))
    assert another_folder.code == 0, another_folder.text
    assert time.monotonic() - begin < FROM_CACHE_SECONDS and "(from the cache)" in another_folder.out
    assert "CONVERT" in another_folder.verbs and "CONVERT" not in scons(*words).verbs
