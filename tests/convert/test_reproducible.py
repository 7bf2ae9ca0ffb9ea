"""The same model from the same inputs, whoever converts it, wherever and whenever."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mcuforge.convert import session
from mcuforge.convert.build import build_model
from mcuforge.manifest.load import load_project
from tests.support.extras import require_extra
from tests.support.scons import ROOT

DAYS_AHEAD = 400
FILES = ("model.tflite", "float.tflite", "convert.json")
# What people set who train: other bytes would come out, or nothing, if converters saw it.
PERSONAL = {
    "KERAS_BACKEND": "torch",
    "TF_USE_LEGACY_KERAS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "PYTHONHASHSEED": "4711",
    "TZ": "Asia/Kathmandu",
}
CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  const long result = syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += DAYS * 24L * 3600L;
  return (int)result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec exact;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now) *now = exact.tv_sec;
  return exact.tv_sec;
}
"""


@pytest.fixture(scope="module")
def another_day(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A library that programs load first, and which tells them another date."""
    library = tmp_path_factory.mktemp("clock") / "clock.so"
    argv = ["gcc", "-shared", "-fPIC", f"-DDAYS={DAYS_AHEAD}", "-x", "c", "-", "-o", str(library)]
    subprocess.run(argv, input=CLOCK, text=True, check=True)
    return str(library)


def converted(example: str, folder: Path) -> list[bytes]:
    shutil.copytree(ROOT / "projects" / example, folder)
    source = load_project(folder / "project.yaml").model.source
    before = source.read_bytes()
    build_model(load_project(folder / "project.yaml"), folder / "out", use_cache=False)
    assert source.read_bytes() == before, "a conversion must not write to its source"
    return [(folder / "out" / name).read_bytes() for name in FILES]


@pytest.mark.slow
@pytest.mark.parametrize(("example", "extra"), [("anomaly", "keras"), ("wine", "onnx"), ("digits", "torch")])
def test_another_person_elsewhere_on_another_day_gets_the_same_bytes(
    example: str, extra: str, another_day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_extra(extra)
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))
    here = converted(example, tmp_path / "here")
    home = tmp_path / "another home"
    (home / ".keras").mkdir(parents=True)
    (home / ".keras" / "keras.json").write_text(json.dumps({"floatx": "float16", "epsilon": 0.1, "backend": "jax"}))
    for name, value in {**PERSONAL, "HOME": str(home), "LD_PRELOAD": another_day}.items():
        monkeypatch.setenv(name, value)
    assert converted(example, tmp_path / "another place") == here


def test_the_clock_of_that_test_is_ahead_in_the_process_that_converts(
    another_day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_PRELOAD", another_day)
    now = [sys.executable, "-c", "import time; print(int(time.time()))"]
    told = subprocess.run(now, env=session._environment(tmp_path), capture_output=True, text=True, check=True).stdout
    without = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    real = subprocess.run(now, env=without, capture_output=True, text=True, check=True).stdout
    assert int(told) - int(real) == pytest.approx(DAYS_AHEAD * 24 * 3600, abs=60)
