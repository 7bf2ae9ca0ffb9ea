"""Exports that run on the TensorFlow Lite Micro of an ecosystem, and stand-ins for the packages that carry it."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from mcuforge.backends.export import load_ecosystem
from mcuforge.backends.packaging.archive import write_folder
from mcuforge.backends.packaging.package import Package
from mcuforge.backends.packaging.tflm import make_tflm_package
from mcuforge.convert.build import tflite_file
from mcuforge.manifest.load import find_board, load_board, load_project, make_target
from mcuforge.manifest.types import Target
from tests.export.exports import BOARD, manifest_of, scratch
from tests.tflm.fixture_tree import DOWNLOADS, HEAD, KERNELS, OPS, TAIL, TEMPORARY, FixtureTree

# What the stand-in's interpreter needs, to the byte, which no released one does.
ARENA_BYTES = HEAD + TAIL + TEMPORARY
HOSTS = Path(__file__).with_name("hosts")


def target_of(project: str, extra: str = "") -> Target:
    """`extra` is more YAML for the manifest, by default an arena, which is then not searched for."""
    manifest = manifest_of(project)
    copy = scratch.make("tflm") / "project.yaml"
    for file in (*manifest.parent.glob("*.tflite"), *manifest.parent.glob("*.npz")):
        shutil.copy(file, copy.parent)
    ours = ("runtime:", "arena:", "kernels:")
    lines = (line for line in manifest.read_text().splitlines() if not line.startswith(ours))
    copy.write_text("\n".join([*lines, "runtime: tflm", extra or f"arena: {ARENA_BYTES}"]) + "\n")
    return make_target(load_project(copy), load_board(find_board(BOARD)), "tflm")


@functools.cache
def tflm_package(project: str, ecosystem: str, extra: str = "") -> Package:
    target = target_of(project, extra)
    return make_tflm_package(target, tflite_file(target.project), load_ecosystem(ecosystem).tflm(target.project))


def write(project: str, ecosystem: str, folder: Path) -> Path:
    write_folder(folder, load_ecosystem(ecosystem).files(tflm_package(project, ecosystem)))
    return folder


def stand_in(folder: Path, third_party: str) -> None:
    """A package of TensorFlow Lite Micro with its CMake: its own files at the top, other people's below `third_party`.

    The interpreter computes the identity and needs ARENA_BYTES.
    """
    shutil.copytree(HOSTS / "tflm", folder)
    tree = FixtureTree("A")
    files = tree.files()
    for path, text in files.items():
        target = folder / path.replace(DOWNLOADS, third_party)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    reference = (f"{KERNELS}/{op.file}.cc" for op in OPS.values())
    sources = sorted({*tree.core(), *(path for path in reference if path in files)})
    include_dirs = (f"{third_party}/{name}" for name in ("flatbuffers/include", "gemmlowp", "ruy"))
    lists = {"sources": sources, "include_dirs": include_dirs}
    (folder / "sources.cmake").write_text("".join(f"set({name} {' '.join(words)})\n" for name, words in lists.items()))
