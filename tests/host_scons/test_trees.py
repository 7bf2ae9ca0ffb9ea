"""Where a host's files lie, and what they are called: nothing of it may matter, or it is said."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.projects import copy_hello
from tests.support.read_only import read_only
from tests.support.scons import ROOT, Run, scons_argv
from tests.support.tools import require

SCRIPT = Path(__file__).parent / "firmware" / "src" / "own script.ld"
TWO_BOARDS = f"""\
import mcuforge

out = ARGUMENTS["out"]
SConsignFile(out + "/sconsign")
for board, cpu in (("nrf5340", "cortex-m33"), ("stm32f4-discovery", "cortex-m4")):
    machine = ["-mcpu=" + cpu, "-mthumb", "--specs=nano.specs"]
    env = Environment(tools=["default", mcuforge.tool], CC="arm-none-eabi-gcc", AR="arm-none-eabi-ar", LIBS=["m"],
                      RANLIB="arm-none-eabi-ranlib", CCFLAGS=machine, PROGSUFFIX=".elf",
                      LINKFLAGS=machine + ["-nostartfiles", "-T", "{SCRIPT}"])
    SConscript("the source/SConscript", exports=["env", "board"], variant_dir=out + "/" + board, duplicate=0)
"""
ONE = """\
Import("env", "board")
hello = env.TinyModel("hello/project.yaml", board=board)
env.Program("firmware", ["main.c", hello.library], CPPPATH=[hello.include_dir])
"""


def run_scons(folder: Path, *words: str, prefix: Sequence[str] = ()) -> Run:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*prefix, *scons_argv("-Q", *words)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
def test_two_boards_are_built_from_a_tree_that_cannot_be_written_into(tmp_path: Path) -> None:
    """In one build, out of the tree, with spaces in paths, and a manifest whose paths are Windows's."""
    require("arm-none-eabi-gcc")
    tree, out = tmp_path / "some tree", tmp_path / "made here"
    source = tree / "the source"
    manifest = copy_hello(source / "hello")
    (source / "hello" / "deep").mkdir()
    (source / "hello" / "hello.tflite").rename(source / "hello" / "deep" / "hello.tflite")
    manifest.write_text(manifest.read_text().replace("source: hello.tflite", r"source: .\deep\hello.tflite"))
    (tree / "SConstruct").write_text(TWO_BOARDS)
    (source / "SConscript").write_text(ONE)
    (source / "main.c").write_text('#include "hello.h"\nint main(void) { return hello_invoke() != HELLO_OK; }\n')
    out.mkdir()

    with read_only(tree) as prefix:
        built = run_scons(tree, f"out={out}", str(out), prefix=prefix)
        again = run_scons(tree, f"out={out}", str(out), prefix=prefix)
    assert built.code == 0, built.text
    for board, core in (("nrf5340", "v8-M.mainline"), ("stm32f4-discovery", "v7E-M")):
        attributes = ["arm-none-eabi-readelf", "-A", out / board / "firmware.elf"]
        assert core in subprocess.run(attributes, capture_output=True, text=True, check=True).stdout
        plan = out / board / "mcuforge" / "hello" / board / "gen" / "plan.json"
        assert json.loads(plan.read_text())["model"]["operators"]
    assert again.code == 0 and not re.search(r"GENERATE|arm-none-eabi", again.out), again.text


def test_two_models_of_one_name_are_told_apart_or_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        copy_hello(tmp_path / folder)
    (tmp_path / "SConstruct").write_text(
        "import mcuforge\n"
        "env = Environment(tools=['gcc', 'ar', mcuforge.tool])\n"
        "first = env.TinyModel('a/project.yaml', board='host')\n"
        "assert env.TinyModel('a/project.yaml', board='host').library is first.library\n"
        "where = {'build_dir': 'other'} if ARGUMENTS.get('apart') else {}\n"
        "second = env.TinyModel('b/project.yaml', board='host', **where)\n"
        "assert second.library is not first.library\n"
    )
    refused = run_scons(tmp_path, "-n")
    assert refused.code == 2 and "Traceback" not in refused.text
    assert re.search(r"a/project.yaml on \S+ and \S+b/project.yaml on \S+ would both be built in", refused.err)
    assert "give one of them a build_dir" in refused.err
    apart = run_scons(tmp_path, "-n", "apart=1")
    assert apart.code == 0, apart.text
