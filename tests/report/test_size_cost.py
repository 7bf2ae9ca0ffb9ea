"""What the size step, part of every build, and the report may cost in processor time for an image of a mebibyte."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from mcuforge.workers import measure as measure_worker
from tests.report.builds import start_build
from tests.report.reports import EMULATION, large_plan, write_json

LIMIT_S = 0.3
REPORT_LIMIT_S = 1.0
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


def test_a_report_in_all_its_formats_is_written_within_its_time(tmp_path: Path) -> None:
    """Of an image of a mebibyte and a model of 300 layers; the whole process, from its start."""
    build = start_build(tmp_path, "mps2-an505", defines=("WEIGHTS_BYTES=1040000",))
    build.plan_json.write_text(json.dumps(large_plan(300)))
    build.link()
    assert measure_worker.main(build.measure_arguments()) == 0
    (tmp_path / "demo.tflite").write_bytes(bytes(1 << 20))
    emulation = write_json(tmp_path / "emulate.json", EMULATION)
    command = [sys.executable, "-m", "mcuforge.workers.report", *build.who(), "--size", str(build.size_tree)]
    command += ["--model", str(tmp_path / "demo.tflite"), "--elf", str(build.elf), "--output", str(tmp_path)]
    assert min(cpu_seconds([*command, "--emulation", str(emulation)]) for _ in range(RUNS)) <= REPORT_LIMIT_S
    assert 20_000 < (tmp_path / "report.html").stat().st_size <= 1 << 20
