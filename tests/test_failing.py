"""Every user error has a directory in `failing/`: its inputs, the command, and the exact text the user sees.

`cmd`         one line: `mcuforge …`, run in a copy of the directory, or `scons …`, run in the repository
`expected`    everything the command prints; its exit code is always 2
`env`         optional lines `NAME=value`
`without`     optional lines, each a program that the machine should seem to lack
`needs`       optional lines, each an extra whose packages the command imports
`*.tflite.yaml`   descriptions of models (see support/model_description.py), built before the command runs
`*.npz.yaml`, `*.zip.yaml`   the same for arrays and archives (see support/described_files.py)
`*.tflm.yaml`     descriptions of TFLM trees (fields of tflm/fixture_tree.FixtureTree), written before the command runs

`{dir}` stands for the copy and `{repo}` for the repository in all of them; `{boards}` and `{operators}` for the lists
of all there are, so that adding one changes no case. `{size}` in `expected` stands for any size and
`{table}` for the size table, where they depend on the compiler; `{smallest}` for the smallest board that fits. To write
`expected` anew from what the commands print, and review it with `git diff`:
MCUFORGE_ACCEPT=1 pytest tests/test_failing.py -k <case>
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mcuforge.manifest.load import list_boards
from mcuforge.model.operator_kind import operator_kinds
from tests.support.described_files import build_described_files
from tests.support.extras import require_extra
from tests.tflm.fixture_tree import FixtureTree

REPOSITORY = Path(__file__).resolve().parent.parent
FAILING = Path(__file__).resolve().parent / "failing"
CASES = sorted(path.parent.name for path in FAILING.glob("*/cmd"))
PROGRAMS = {"mcuforge": "mcuforge.cli", "scons": "SCons"}
VARYING = {
    "{table}": re.compile(r"^\w+ on \S+ \(aot\)\n(?:  .*\n)+", re.MULTILINE),
    "{size}": re.compile(r"\d+(\.\d)? (B|KiB|MiB)\b"),
    "{smallest}": re.compile(r"(?<=the smallest board that fits is )\S+"),
}
TIMEOUT_SECONDS = 120


@pytest.mark.parametrize("folder", ["plain", "with a space"])
@pytest.mark.parametrize("case", CASES)
def test_user_error_reads_exactly(case: str, folder: str, tmp_path: Path) -> None:
    directory = _copy_of(case, tmp_path / folder)
    if (directory / "needs").exists():
        for extra in (directory / "needs").read_text(encoding="utf-8").split():
            require_extra(extra)
    outcome = _run(directory)
    printed = _with_placeholders(outcome.stdout, directory)
    assert outcome.returncode == 2, printed
    if os.environ.get("MCUFORGE_ACCEPT"):
        (FAILING / case / "expected").write_text(printed, encoding="utf-8")
        pytest.skip("wrote `expected` anew")
    expected = (directory / "expected").read_text(encoding="utf-8")
    for placeholder, pattern in VARYING.items():
        if placeholder in expected:
            printed = pattern.sub(placeholder, printed)
    again = f"to accept: MCUFORGE_ACCEPT=1 pytest tests/test_failing.py -k {case}"
    assert printed == expected, again


def _copy_of(case: str, parent: Path) -> Path:
    directory = parent / "case"
    shutil.copytree(FAILING / case, directory)
    build_described_files(directory)
    for description in directory.rglob("*.tflm.yaml"):
        fields = yaml.safe_load(description.read_text(encoding="utf-8"))
        FixtureTree(**fields).write(description.with_name(description.name.removesuffix(".tflm.yaml")))
    return directory


def _run(directory: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split((directory / "cmd").read_text(encoding="utf-8"))
    return subprocess.run(
        [sys.executable, "-m", PROGRAMS[program], *(_filled(argument, directory) for argument in arguments)],
        cwd=REPOSITORY if program == "scons" else directory,
        env=_environment(directory),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def _with_placeholders(printed: str, directory: Path) -> str:
    lists = {"{boards}": ", ".join(list_boards()), "{operators}": ", ".join(operator_kinds())}
    for placeholder, text in {"{dir}": str(directory), "{repo}": str(REPOSITORY), **lists}.items():
        printed = printed.replace(text, placeholder) if text else printed
    return printed


def _filled(text: str, directory: Path) -> str:
    return text.replace("{dir}", str(directory)).replace("{repo}", str(REPOSITORY))


def _environment(directory: Path) -> dict[str, str]:
    """Ours, with the checkout importable and unbuffered output, so that lines come in the order they are printed."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "site_scons"), "PYTHONUNBUFFERED": "1"}
    extra = directory / "env"
    for line in extra.read_text(encoding="utf-8").splitlines() if extra.exists() else ():
        name, _, value = line.partition("=")
        environment[name] = _filled(value, directory)
    lacking = directory / "without"
    if lacking.exists():
        environment["PATH"] = str(_path_without(lacking.read_text(encoding="utf-8").split(), directory / ".programs"))
    return environment


def _path_without(names: list[str], folder: Path) -> Path:
    """A folder of links to every program on PATH, except some: taking a whole directory off would hide too much."""
    folder.mkdir()
    for directory in filter(os.path.isdir, os.environ["PATH"].split(os.pathsep)):
        for program in Path(directory).iterdir():
            link = folder / program.name
            if program.name not in names and not link.is_symlink():
                link.symlink_to(program)
    return folder
