"""Runs a conversion in a process of its own: whatever a converter prints, leaks or crashes on stays there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mcuforge import extras
from mcuforge.convert.job import FACTS_FILE, FLOAT_FILE, MODEL_FILE, Facts, Job
from mcuforge.convert.loader import loaders_by_format
from mcuforge.convert.process import ERROR_FILE, FACTS, JOB_FILE, PROGRESS_FILE, error_from_json
from mcuforge.errors import InternalError, Location, UserError
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic

_POLL_SECONDS = 0.1
_SHOWN_LINES = 8
LOG_FILE = "convert.log"

# Settings that people make for training, with which converters would make other bytes, or fail.
_PERSONAL = ("AUTOGRAPH_", "JAX_", "KERAS_", "MKL_", "OMP_", "ONNX", "ORT_", "PYTORCH_", "TF_", "TORCH", "XLA_")

# What they get instead, so that two runs make the same bytes: no hash of theirs is random, sums are in one order (the
# number of threads decides), no accelerator is looked for; and PyTorch executes no pickle of a file.
_ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_DETERMINISTIC_OPS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "1",
    "TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONWARNINGS": "ignore",
}


def inspect(job: Job) -> None:
    """Raises UserError for what must not be loaded; costs no heavy package."""
    loaders_by_format()[job.format].inspect(job.source)


def require_extra(job: Job) -> None:
    """Raises UserError with the command that installs what the conversion needs and lacks."""
    wanted = [loaders_by_format()[job.format].extra, *(["compress"] if job.compress else [])]
    for name in wanted:
        extra = extras.EXTRAS[name]
        if not extra.is_installed:
            missing = ", ".join(extra.missing_modules)
            doing = "compressing" if name == "compress" else "converting"
            raise UserError(
                f"{doing} {job.source.name} needs packages that are not installed: {missing}",
                location=Location(job.source),
                hint=extra.install_hint(),
            )


def convert(job: Job, output: Path, timeout_s: float) -> Facts:
    """Writes the model, its float form, the facts and the converter's log into `output`. Raises UserError."""
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mcuforge-convert-") as name:
        folder = Path(name)
        write_atomic(folder / JOB_FILE, job.to_json())
        code = _run(folder, job, output / LOG_FILE, timeout_s)
        if (folder / ERROR_FILE).exists():
            raise error_from_json((folder / ERROR_FILE).read_text(encoding="utf-8"))
        if code or not (folder / FACTS).exists():
            raise _crash(job, code, output / LOG_FILE)
        facts = Facts.from_json((folder / FACTS).read_text(encoding="utf-8"))
        _accept(folder, output, facts)
    return facts


def _accept(folder: Path, output: Path, facts: Facts) -> None:
    """A model that our own reader refuses is not handed on."""
    if read_model(folder / MODEL_FILE).sha256 != facts.sha256:
        raise InternalError("the converted model is not the one that was reported")
    for name in (FLOAT_FILE, MODEL_FILE):
        write_atomic(output / name, (folder / name).read_bytes())
    write_atomic(output / FACTS_FILE, facts.to_json())


def _run(folder: Path, job: Job, log: Path, timeout_s: float) -> int:
    """The exit code; negative when a signal ended it."""
    command = [sys.executable, "-P", "-m", "mcuforge.convert.process", str(folder)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            with _progress(job.source.name) as show:
                _wait(process, folder / PROGRESS_FILE, show, timeout_s)
        except BaseException:
            process.kill()
            process.wait()
            raise
    return process.returncode


def _environment(folder: Path) -> dict[str, str]:
    """The person's, without what only concerns training; keras.json is read from, and written to, `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_PERSONAL)}
    package_root = str(Path(__file__).resolve().parent.parent.parent)
    own = {"PYTHONPATH": package_root, "TMPDIR": str(folder), "KERAS_HOME": str(folder)}
    return {**kept, **_ENVIRONMENT, **own}


def _wait(process: subprocess.Popen[bytes], progress: Path, show: Show, timeout_s: float) -> None:
    start = time.monotonic()
    while process.poll() is None:
        if time.monotonic() - start > timeout_s:
            raise UserError(f"the conversion did not end within {timeout_s:g} s", hint="give it more with --timeout")
        if progress.exists():
            show(progress.read_text(encoding="utf-8"), time.monotonic() - start)
        time.sleep(_POLL_SECONDS)


class Show:
    """One line that changes on a terminal; nothing elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._line = ""
        self._is_terminal = sys.stderr.isatty()

    def __call__(self, text: str, seconds: float) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._draw(f"  CONVERT   {self._title}: {text} ({int(seconds)} s)"[:width])

    def clear(self) -> None:
        self._draw("")

    def _draw(self, line: str) -> None:
        if self._is_terminal and line != self._line:
            print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)
            self._line = line


@contextmanager
def _progress(title: str) -> Iterator[Show]:
    show = Show(title)
    try:
        yield show
    finally:
        show.clear()


def _crash(job: Job, code: int, log: Path) -> UserError:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    ended = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
    hint = "too little memory ends it with signal 9" if code == -9 else "the whole log is in " + log.name
    return UserError(
        f"the converter {ended}",
        location=Location(job.source),
        details=tuple(lines[-_SHOWN_LINES:]),
        hint=hint,
    )
