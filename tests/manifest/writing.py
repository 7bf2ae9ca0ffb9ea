"""Small manifests and boards, written into a test's folder."""

from __future__ import annotations

from pathlib import Path

PROJECT = """\
schema: 1
name: demo
model: {source: model.tflite}
"""

BOARD = """\
schema: 1
name: mine
source: none, a test
cpu: {core: cortex-m3, fpu: null, float_abi: soft, dsp: false, mve: none}
clock: 16 MHz
memory:
  flash: {origin: 0x08000000, length: 128 KiB, access: rx}
  sram: {origin: 0x20000000, length: 16 KiB, access: rwx}
placement: {code: flash, weights: flash, data: sram, arena: sram, stack: sram}
stack: 2 KiB
toolchain: arm-none-eabi-gcc
emulator: null
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_project(folder: Path, more: str = "") -> Path:
    """A project whose model file exists (and is empty: manifests never look inside)."""
    (folder / "model.tflite").write_bytes(b"")
    return write(folder / "project.yaml", PROJECT + more)


def write_board(folder: Path, name: str = "mine", text: str = BOARD) -> Path:
    return write(folder / f"{name}.yaml", text.replace("name: mine", f"name: {name}"))
