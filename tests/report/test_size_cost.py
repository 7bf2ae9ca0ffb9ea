"""The size step is part of every build: what it may cost, in processor time, for an image of a mebibyte."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.report.builds import start_build

LIMIT_S = 0.3
RUNS = 5


def cpu_seconds(command: list[str]) -> float:
    """User and system time of one run, which other load on the machine changes little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_a_mebibyte_is_measured_within_its_time(tmp_path: Path) -> None:
    build = start_build(tmp_path, "mps2-an505", defines=("WEIGHTS_BYTES=1040000",))
    build.link()
    command = [sys.executable, "-m", "mcuforge.workers.measure", *build.measure_arguments()]
    command += ["--objdump", "arm-none-eabi-objdump"]
    assert min(cpu_seconds(command) for _ in range(RUNS)) <= LIMIT_S
    assert build.size()["regions"]["flash"]["used"] > 1_000_000
