"""Throwaway projects for tests: a manifest beside a model, in a folder of its own."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

from tests.support.scons import ROOT

MODELS = ROOT.parent / "shared" / "models" / "mlperf-tiny"
REFERENCE_MODELS = ("ad01_int8", "kws_ref_model", "resnet8_int8", "str_ww_ref_model", "vww_96_int8")
BOARDS = ("nrf5340", "stm32f4-discovery")


def write_project(folder: Path, model: Path, name: str = "demo", extra: str = "") -> Path:
    """Copies a model into `folder` and writes a manifest for it; `extra` is more YAML. Returns the project.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model, folder / model.name)
    text = f"schema: 1\nname: {name}\nmodel:\n  source: {model.name}\nboards: [nrf5340]\n"
    (folder / "project.yaml").write_text(text + textwrap.dedent(extra))
    return folder / "project.yaml"


def copy_hello(folder: Path) -> Path:
    """A copy of projects/hello that a test may change. Returns its project.yaml."""
    shutil.copytree(ROOT / "projects" / "hello", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder / "project.yaml"
