"""Which optional packages a project needs, and that looking for them costs nothing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mcuforge import extras
from mcuforge.convert.loader import loaders_by_format
from tests.support.scons import ROOT

TABLE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


@pytest.mark.parametrize(
    ("project", "wanted"),
    [
        ("hello", ()),
        ("kws", ("keras", "emulate")),
        ("digits", ("torch", "emulate")),
        ("wine", ("onnx", "emulate")),
    ],
)
def test_a_project_needs_what_converts_it_and_nothing_else(project: str, wanted: tuple[str, ...]) -> None:
    assert tuple(extra.name for extra in extras.needed([str(ROOT / "projects" / project)])) == wanted


def test_every_extra_is_one_of_the_packages_and_every_format_has_one() -> None:
    assert set(extras.EXTRAS) <= set(TABLE)
    assert set(extras.FORMAT_EXTRAS) == set(loaders_by_format())
    for name, loader in loaders_by_format().items():
        assert extras.FORMAT_EXTRAS[name] == loader.extra


def test_versions_are_exact() -> None:
    loose = [
        word for words in TABLE.values() for word in words if "==" not in word and not word.startswith("mcuforge[")
    ]
    assert not loose
    for extra in extras.EXTRAS.values():
        assert all("==" in word for word in extra.without_dependencies)


def test_projects_that_cannot_be_read_are_left_to_the_command() -> None:
    assert extras.main(["scons", "project=nothing-of-that-name"]) == 0


def test_looking_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from mcuforge import extras; extras.needed(['hello', 'kws']); "
        "print([name for name in ('numpy', 'tensorflow', 'torch', 'SCons') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
