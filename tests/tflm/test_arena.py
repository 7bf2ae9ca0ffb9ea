"""Finding the smallest arena by trying, and the bound where nothing can be tried."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mcuforge.runtimes.tflm.arena import ceiling, scratch_bound, smallest
from tests.tflm.models import graph_of, identity, keyword_spotter

ALIGNMENT = 16


@given(threshold=st.integers(16, 300_000), spare=st.integers(0, 100_000), used=st.integers(0, 300_000))
def test_the_smallest_size_that_fits_is_found(threshold: int, spare: int, used: int) -> None:
    """For any amount used, up to what is needed, and any largest size that is enough."""
    used = min(used, threshold)
    largest = -(-(threshold + spare) // ALIGNMENT) * ALIGNMENT
    tries: list[int] = []

    def fits(size: int) -> bool:
        tries.append(size)
        return size >= threshold

    assert smallest(fits, used, largest) == -(-threshold // ALIGNMENT) * ALIGNMENT
    assert len(tries) <= 40 and all(size % ALIGNMENT == 0 for size in tries)


def test_little_temporary_memory_takes_few_tries() -> None:
    tries: list[int] = []
    smallest(lambda size: bool(tries.append(size)) or size >= 20_000 + 400, 20_000, 1 << 20)
    assert len(tries) <= 8


def test_the_ceiling_holds_all_tensors_at_once(tmp_path: Path) -> None:
    graph = graph_of(keyword_spotter(), tmp_path)
    activations = sum(tensor.size_bytes for tensor in graph.main.tensors if not tensor.is_constant)
    assert ceiling(graph) > activations + scratch_bound(graph)
    assert ceiling(graph) % ALIGNMENT == 0


def test_only_layers_with_weights_are_given_scratch_memory(tmp_path: Path) -> None:
    assert scratch_bound(graph_of(identity(), tmp_path)) < 256
    graph = graph_of(keyword_spotter(), tmp_path)
    # The depthwise layer: its whole filter for 8-bit columns, sums for 4 channels, its input twice.
    assert scratch_bound(graph) >= 16 * 4 + 2 * 64
