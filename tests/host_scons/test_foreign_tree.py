"""Models in a firmware tree that has its own SConstruct, linker script and flags."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.projects import copy_hello
from tests.support.scons import ROOT, Run, scons_argv
from tests.support.small_kws import write_small_kws

FIRMWARE = Path(__file__).parent / "firmware"
OUT = Path("out/release")


@dataclass(frozen=True)
class Tree:
    root: Path

    def scons(self, *words: str, **extra: str) -> Run:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons"), **extra}
        done = subprocess.run(
            scons_argv(*words), cwd=self.root, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def manifest(self, model: str) -> Path:
        return self.root / "models" / model / "project.yaml"

    def set_budget(self, model: str, flash: str) -> None:
        text = self.manifest(model).read_text()
        self.manifest(model).write_text(re.sub(r"flash: [^,}]+", f"flash: {flash}", text))


def make_tree(root: Path) -> Tree:
    shutil.copytree(FIRMWARE, root)
    copy_hello(root / "models" / "hello")
    write_small_kws(root / "models" / "kws")
    tree = Tree(root)
    # hello's manifest judges the whole image, kws and all.
    tree.set_budget("hello", "128 KiB")
    manifest = tree.manifest("hello")
    manifest.write_text(re.sub(r"sram: [^,}]+", "sram: 64 KiB", manifest.read_text()))
    return tree


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return make_tree(tmp_path_factory.mktemp("foreign") / "some firmware")


@pytest.mark.slow
def test_two_models_build_into_a_host_that_keeps_its_ways(tree: Tree) -> None:
    before = {path for path in tree.root.rglob("*") if "out" not in path.parts}
    run = tree.scons("-Q")
    assert run.code == 0, run.text
    assert "arm-none-eabi-gcc" in run.out and "-DOWN_FLAG=1" in run.out
    compiled = [line for line in run.out.splitlines() if "hello_layers.c" in line]
    assert len(compiled) == 1 and "-Os" in compiled[0] and "-ffp-contract=off" in compiled[0]
    assert "-ffp-contract=off" not in next(line for line in run.out.splitlines() if "main.c" in line)
    own = {path for path in tree.root.rglob("*") if "out" not in path.parts}
    assert {path.name for path in own - before} <= {".sconsign.dblite"}, "everything is built in the variant folder"
    assert (tree.root / OUT / "firmware.bin").exists()

    size = json.loads((tree.root / OUT / "mcuforge/hello/nrf5340/firmware.elf.size/size.json").read_text())
    assert size["regions"]["flash"]["budget"] == 128 * 1024
    # Code begins 16 KiB into flash, and kws's 22 KiB of weights lie there too.
    assert size["regions"]["flash"]["used"] > (16 + 22) * 1024
    assert size["causes"]["weights"]["flash"] > 200 and size["causes"]["kernels"]["flash"] > 300


@pytest.mark.slow
def test_a_second_build_does_nothing_and_a_touched_model_builds_itself_alone(tree: Tree) -> None:
    assert tree.scons("-Q").code == 0
    again = tree.scons("-Q")
    assert again.code == 0 and again.out == "scons: `.' is up to date.\n", again.text
    model = tree.manifest("hello").parent / "hello.tflite"
    model.write_bytes(model.read_bytes() + b"\0\0\0\0")
    manifest = tree.manifest("hello")
    manifest.write_text(re.sub(r"\n  sha256: \w+", "", manifest.read_text()))
    changed = tree.scons("-Q")
    assert changed.code == 0 and "GENERATE" in changed.out, changed.text
    assert "kws_layers.c" not in changed.out, changed.out


@pytest.mark.slow
def test_the_hosts_image_over_budget_fails_and_leaves_no_image(tree: Tree) -> None:
    tree.set_budget("hello", "20 KiB")
    failed = tree.scons("-Q")
    assert failed.code == 2
    assert re.search(r"models/hello/project.yaml:\d+:18: error: flash budget exceeded by", failed.err), failed.text
    assert not list((tree.root / OUT).glob("firmware.bin")) and not (tree.root / OUT / "firmware.elf").exists()
    tree.set_budget("hello", "128 KiB")
    assert tree.scons("-Q").code == 0
    assert (tree.root / OUT / "firmware.bin").exists()


@pytest.mark.slow
def test_a_checkout_is_a_tool_by_toolpath_too(tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "tree")
    construct = tree.root / "SConstruct"
    construct.write_text(construct.read_text().replace("import mcuforge\n", "mcuforge = None\n"))
    toolpath = ROOT / "site_scons" / "site_tools"
    library = str(OUT / "mcuforge" / "hello" / "nrf5340" / "libhello.a")
    run = tree.scons("-Q", "how=toolpath", f"toolpath={toolpath}", library, PYTHONPATH="")
    assert run.code == 0 and (tree.root / library).exists(), run.text


def test_a_wrong_manifest_ends_the_build_at_its_line(tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "tree")
    manifest = tree.manifest("kws")
    manifest.write_text(manifest.read_text().replace("runtime: aot", "runtme: aot"))
    run = tree.scons("-Q")
    assert run.code == 2 and "Traceback" not in run.text
    assert re.search(r"models/kws/project.yaml:\d+:1: error: unknown key `runtme`", run.err), run.text


def test_no_global_state_is_touched(tmp_path: Path) -> None:
    """SCons's own settings, and this process, are as they were after the tool has declared a model."""
    script = tmp_path / "SConstruct"
    shutil.copytree(ROOT / "projects" / "hello", tmp_path / "hello")
    script.write_text(
        "import os, mcuforge\n"
        "names = ('num_jobs', 'no_progress', 'silent', 'max_drift')\n"
        "def state():\n"
        "    return {**dict(os.environ), **{n: GetOption(n) for n in names}, 'cwd': os.getcwd(),\n"
        "            'default': list(map(str, DEFAULT_TARGETS)), 'tools': DefaultEnvironment()['TOOLS'][:]}\n"
        "env = Environment(tools=['gcc', 'ar', mcuforge.tool])\n"
        "before, flags = state(), env.Dump()\n"
        "env.TinyModel('hello/project.yaml', board='host')\n"
        "assert state() == before and env.Dump() == flags\n"
    )
    done = Tree(tmp_path).scons("-Q", "-n")
    assert done.code == 0, done.text
    assert sys.executable in scons_argv()[0]
