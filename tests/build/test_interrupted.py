"""Builds that are killed half way: the next one is right, whatever was running and however it died."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.projects import copy_hello
from tests.support.scons import ROOT, files_below, scons, scons_argv, scons_environment

OUTPUTS = (".elf", ".hex", ".bin", ".o", ".json", ".c", ".h")


def words(folder: Path) -> list[str]:
    return [f"project={folder / 'hello'}", "board=nrf5340", f"build_dir={folder / 'build'}"]


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        scons_argv(*words(folder)),
        cwd=ROOT,
        env=scons_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """What an undisturbed build makes, and how many seconds it takes."""
    folder = tmp_path_factory.mktemp("clean")
    copy_hello(folder / "hello")
    begin = time.monotonic()
    assert scons(*words(folder)).code == 0
    return files_below(folder / "build", *OUTPUTS), time.monotonic() - begin


def workers_of(pid: int) -> list[int]:
    """The worker and compiler processes of a build, by parent."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listing.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, queue = [], [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(child)
            queue.append(child)
    return found


@pytest.mark.parametrize("how", ["interrupt", "kill a worker", "kill the build"])
def test_the_build_after_an_interrupted_one_is_right(
    how: str, clean: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    expected, seconds = clean
    copy_hello(tmp_path / "hello")
    chance = random.Random(how)
    for _ in range(4):
        process = start(tmp_path)
        time.sleep(chance.uniform(0.1, 0.9) * seconds)
        if how == "interrupt":
            os.killpg(process.pid, signal.SIGINT)
        elif how == "kill the build":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            for worker in workers_of(process.pid)[-1:]:
                os.kill(worker, signal.SIGKILL)
        process.communicate(timeout=60)
    run = scons(*words(tmp_path))
    assert run.code == 0, run.text
    assert files_below(tmp_path / "build", *OUTPUTS) == expected


def test_a_source_that_returns_to_what_it_was_after_a_kill_is_compiled_again(
    clean: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    """The trap: new objects beside the database of an older build, and then the old source again."""
    expected, _ = clean
    project = copy_hello(tmp_path / "hello")
    assert scons(*words(tmp_path)).code == 0
    original = project.read_text()
    project.write_text(original + "\nlabels: [other]\n")
    process = start(tmp_path)
    generated = tmp_path / "build" / "hello" / "nrf5340" / "gen" / "hello.c"
    deadline = time.monotonic() + 60
    while "other" not in (generated.read_text() if generated.exists() else "") and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert "other" in generated.read_text()
    project.write_text(original)
    assert scons(*words(tmp_path)).code == 0
    assert files_below(tmp_path / "build", *OUTPUTS) == expected


def test_two_builds_in_one_folder_do_not_mix(tmp_path: Path) -> None:
    copy_hello(tmp_path / "hello")
    first = start(tmp_path)
    mark = tmp_path / "build" / ".building"
    deadline = time.monotonic() + 30
    while not (mark.exists() and mark.read_text()) and time.monotonic() < deadline:
        time.sleep(0.005)
    second = scons(*words(tmp_path))
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert second.code == 2 and "error: another build runs in" in second.err
