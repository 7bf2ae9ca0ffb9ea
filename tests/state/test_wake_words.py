"""Real streaming models, fed frame after frame: every output of every layer as TFLM's, on the host and in QEMU."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge.emulate.oracle import Oracle
from mcuforge.emulate.qemu import Twin
from mcuforge.emulate.vectors import random_vectors
from mcuforge.manifest.load import load_board
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from mcuforge.resources import boards_dir
from tests.support.generated_model import assert_stream_matches_tflm, assert_twin_matches_tflm
from tests.support.projects import write_project
from tests.support.scons import scons
from tests.support.wake_words import speech_like_frames, wake_word_params

pytestmark = [pytest.mark.fidelity, pytest.mark.slow]

FRAMES = 120
QEMU_TIMEOUT_S = 300.0


def stream(graph: Graph) -> list[bytes]:
    """Speech-like frames first, then noise over the whole range of the type."""
    (index,) = graph.main.inputs
    speech = speech_like_frames(graph.main.tensors[index].shape, FRAMES, seed=5)
    return [frame.tobytes() for frame in speech] + random_vectors(graph, FRAMES, seed=5)


@pytest.mark.parametrize("path", wake_word_params())
def test_every_layer_of_every_frame_equals_tflm(path: Path, tmp_path: Path) -> None:
    graph = read_model(path)
    vectors = stream(graph)
    outputs = assert_stream_matches_tflm(path.read_bytes(), vectors, tmp_path)
    assert len(outputs) >= 100


@pytest.mark.parametrize("path", wake_word_params())
def test_the_firmware_in_qemu_equals_tflm(path: Path, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", path, extra="golden: {random: 2, seed: 1}\n")
    build = tmp_path / "build"
    done = scons(f"project={project}", "board=nrf5340", f"build_dir={build}", "emulate")
    assert done.code == 0, done.text
    board = load_board(boards_dir() / "nrf5340.yaml")
    assert board.emulator is not None and board.emulator.machine is not None
    (elf,) = build.rglob("twin.elf")
    twin = Twin(elf, board.emulator.machine, tmp_path, QEMU_TIMEOUT_S)
    graph = read_model(path)
    oracle = Oracle(path, graph, tmp_path, QEMU_TIMEOUT_S)
    assert_twin_matches_tflm(twin, oracle, graph, stream(graph))
