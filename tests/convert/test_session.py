"""The process that converts: what it lacks, how it dies, how long it may take."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mcuforge import extras
from mcuforge.convert import session
from mcuforge.convert.job import job_of
from mcuforge.errors import UserError, display_path
from tests.convert.models import classifier_project, write_project
from tests.support.extras import require_extra
from tests.support.scons import ROOT, scons, scons_argv, scons_environment


@pytest.mark.parametrize(
    ("source", "what", "commands"),
    [
        (
            "model.keras",
            "converting model.keras needs packages that are not installed: tensorflow, tf_keras",
            "pip install --editable '{root}[keras]' && pip install --no-deps tf-keras==2.21.0",
        ),
        (
            "model.onnx",
            "converting model.onnx needs packages that are not installed: "
            "tensorflow, tf_keras, onnx, onnx2tf, ai_edge_quantizer",
            "pip install --editable '{root}[onnx]' && pip install --no-deps tf-keras==2.21.0",
        ),
        (
            "model.pt2",
            "converting model.pt2 needs packages that are not installed: torch, litert_torch, ai_edge_quantizer",
            "pip install --editable '{root}[torch]'",
        ),
    ],
)
def test_a_missing_extra_gives_the_command_that_installs_it(
    source: str, what: str, commands: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras.importlib.util, "find_spec", lambda name: None)
    (tmp_path / source).write_bytes(b"")
    with pytest.raises(UserError) as caught:
        session.require_extra(job_of(write_project(tmp_path, source)))
    assert (caught.value.message, caught.value.hint) == (what, commands.format(root=display_path(ROOT)))


def test_an_installed_package_names_itself_in_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "_is_checkout", lambda: False)
    assert extras.EXTRAS["torch"].install_hint() == "pip install 'mcuforge[torch]'"


def test_a_crash_is_told_with_the_last_lines_of_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _replace_process(
        tmp_path, monkeypatch, "import os, sys; print('deep inside', flush=True); os.kill(os.getpid(), 11)"
    )
    with pytest.raises(UserError) as caught:
        session.convert(job_of(classifier_project(tmp_path)), tmp_path / "out", timeout_s=60)
    assert "the converter was ended by signal 11" in caught.value.message
    assert caught.value.details == ("deep inside",)


def test_a_hang_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _replace_process(tmp_path, monkeypatch, "import time; time.sleep(600)")
    with pytest.raises(UserError, match=r"did not end within 0\.5 s"):
        session.convert(job_of(classifier_project(tmp_path)), tmp_path / "out", timeout_s=0.5)


def test_converters_run_without_chance_and_without_pickles() -> None:
    settings = session._ENVIRONMENT
    assert settings["PYTHONHASHSEED"] == "0" and settings["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] == "1"


def _replace_process(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A program in place of Python, which runs `code` whatever it is given."""
    program = folder / "python"
    program.write_text(f"#!{sys.executable}\n{code}\n")
    program.chmod(0o755)
    monkeypatch.setattr(session.sys, "executable", str(program))


def _convert_with(folder: Path, stderr: int) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "mcuforge.workers.convert", "--no-cache"]
    argv += ["--project", str(folder / "project.yaml"), "--output", str(folder / "out")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons"), "MCUFORGE_CACHE": str(folder / "cache")}
    return subprocess.run(argv, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True, check=True)


def test_a_log_gets_one_line_and_no_progress(tmp_path: Path) -> None:
    require_extra("quantize")
    classifier_project(tmp_path)
    done = _convert_with(tmp_path, subprocess.PIPE)
    assert re.fullmatch(r"model\.tflite → int8, opened with the \.tflite file as it is \(\d+ s\)\n", done.stdout)
    assert done.stderr == ""


def test_a_terminal_shows_what_is_being_done_and_is_left_clean(tmp_path: Path) -> None:
    require_extra("quantize")
    classifier_project(tmp_path)
    ours, theirs = pty.openpty()
    done = _convert_with(tmp_path, theirs)
    os.close(theirs)
    drawn = _printed(ours).split("\r\x1b[2K")
    assert done.stdout.count("\n") == 1
    steps = [line.partition(": ")[2].rpartition(" (")[0] for line in drawn if line]
    assert "loading model.tflite" in steps or "quantizing to int8 with 64 rows" in steps
    assert drawn[0] == drawn[-1] == "" and all(line.startswith("  CONVERT   model.tflite: ") for line in drawn if line)


def test_what_a_build_prints_on_a_terminal_takes_the_place_of_a_progress_line(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    header = tmp_path / "hello" / "host" / "gen" / "hello.h"
    argv = scons_argv("project=hello", "board=host", f"build_dir={tmp_path}", header)
    subprocess.run(argv, cwd=ROOT, env=scons_environment(), stdout=theirs, check=True)
    os.close(theirs)
    assert "\r\x1b[2K  GENERATE " in _printed(ours)
    assert "\x1b" not in scons("project=hello", "board=host", f"build_dir={tmp_path / 'piped'}", header).text


def _printed(terminal: int) -> str:
    """All that a terminal was sent; Linux tells the end as an error."""
    pieces = []
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 1 << 16):
            pieces.append(piece)
    os.close(terminal)
    return b"".join(pieces).decode()
