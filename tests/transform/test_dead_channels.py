"""Channels that never change are left out, and not one byte of any output changes with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mcuforge.emulate.compare import computed_difference
from mcuforge.emulate.vectors import random_vectors
from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import Channels, DType, Graph, Tensor
from mcuforge.model.reader import read_model
from mcuforge.runtimes.aot.lower import lower
from mcuforge.transform.channels.ranges import Ranges, Sums, rescaled
from mcuforge.transform.constants import fold_constants
from mcuforge.transform.dead_channels import remove_dead_channels
from tests.support.generated_model import assert_stream_matches_tflm, parse
from tests.support.kernel_harness import NO_FEATURES
from tests.support.projects import MODELS
from tests.transform.networks import SAME, VALID, Network, draw

FAR = 1 << 24
"""A bias that no sum of the products of a test reaches."""

COMPILED = 4


def narrowed(network: Network) -> Graph:
    return remove_dead_channels(fold_constants(parse(network.build())))


def kept(graph: Graph, layer: int) -> tuple[int, ...]:
    """The channels of a layer's output that are computed."""
    tensor = graph.nodes()[layer].output()
    return tuple(range(tensor.shape[-1])) if tensor.channels is None else tensor.channels.kept


def ones(outputs: int, size: int, inputs: int) -> np.ndarray:
    return np.ones((outputs, size, size, inputs), np.int8)


def two_layers(biases: list[int], size: int, padding: int = SAME, *, second_bias: bool = True) -> Network:
    """Three channels with those biases, then a convolution that reads them."""
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), biases)
    network.conv(ones(2, size, 3), [5, 6] if second_bias else None, padding=padding)
    return network


def test_a_channel_that_is_always_zero_goes_with_the_weights_that_read_it() -> None:
    graph = narrowed(two_layers([0, -FAR, 0], size=3))
    assert kept(graph, 0) == (0, 2)
    first, second = graph.nodes()
    assert first.input(1).shape == (2, 1, 1, 2) and first.input(2).shape == (2,)
    assert second.input(1).shape == (2, 3, 3, 2)
    quantization = first.input(1).quantization
    assert quantization is not None and quantization.zero_points == (0, 0) and quantization.axis == 0
    assert quantization.scales == pytest.approx((0.02, 0.022))
    assert second.input(2).array().tolist() == [5, 6]


def test_what_a_constant_channel_adds_goes_into_the_bias() -> None:
    graph = narrowed(two_layers([0, FAR, 0], size=1))
    assert kept(graph, 0) == (0, 2)
    assert graph.nodes()[1].input(2).array().tolist() == [5 + 255, 6 + 255]  # 127 − (−128), times a weight of 1


def test_a_channel_that_is_not_zero_stays_where_a_filter_leaves_the_picture() -> None:
    assert kept(narrowed(two_layers([0, FAR, 0], size=3, padding=SAME)), 0) == (0, 1, 2)
    assert kept(narrowed(two_layers([0, FAR, 0], size=3, padding=VALID)), 0) == (0, 2)


def test_a_constant_channel_stays_where_no_bias_could_take_it() -> None:
    assert kept(narrowed(two_layers([0, FAR, 0], size=1, second_bias=False)), 0) == (0, 1, 2)
    assert kept(narrowed(two_layers([0, -FAR, 0], size=1, second_bias=False)), 0) == (0, 2)


def test_a_channel_below_the_zero_point_is_a_constant_too() -> None:
    """Without ReLU's bound the least value is −128, and the zero point lies elsewhere."""
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), [0, -FAR, 0], zero_point=10, activation=0)
    network.conv(ones(2, 1, 3), [5, 6])
    graph = narrowed(network)
    assert kept(graph, 0) == (0, 2)
    assert graph.nodes()[1].input(2).array().tolist() == [5 - 138, 6 - 138]


def test_a_channel_that_nothing_reads_goes() -> None:
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), [0, 0, 0])
    weights = ones(2, 3, 3)
    weights[..., 2] = 0
    network.conv(weights, None)
    assert kept(narrowed(network), 0) == (0, 1)


def test_depthwise_layers_and_pools_lose_the_channels_that_their_readers_do_without() -> None:
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), [0, -FAR, 0])
    network.depthwise(np.ones((1, 3, 3, 3), np.int8), [0, 0, -FAR])
    network.pool("AVERAGE_POOL_2D")
    network.conv(ones(2, 1, 3), [0, 0])
    graph = narrowed(network)
    # Channel 1 is zero from the start; channel 2 is computed by the first layer, and the second makes a constant of it.
    assert [kept(graph, layer) for layer in range(3)] == [(0,), (0,), (0,)]


def test_the_outputs_of_the_model_keep_all_channels() -> None:
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), [0, -FAR, 0])
    assert kept(narrowed(network), 0) == (0, 1, 2)


def test_a_reader_that_is_not_understood_gets_all_channels() -> None:
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), [0, -FAR, 0])
    read, shape = network.tail, network.shape
    network.moved(
        "MIRROR_PAD",
        (1, 6, 6, 3),
        {},
        network.model.tensor("paddings", (4, 2), "INT32", data=np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32)),
    )
    network.tail, network.shape = read, shape
    network.conv(ones(2, 1, 3), [5, 6])
    assert kept(narrowed(network), 0) == (0, 1, 2)


def test_one_channel_stays_where_all_are_constant() -> None:
    assert kept(narrowed(two_layers([-FAR, -FAR, -FAR], size=1)), 0) == (0,)


def test_no_constant_is_claimed_where_sums_may_leave_32_bits() -> None:
    limit = (1 << 31) - 1
    assert kept(narrowed(two_layers([0, -limit, 0], size=1)), 0) == (0, 1, 2)


@pytest.mark.parametrize("kind", ["conv", "depthwise"])
def test_a_filter_that_leaves_the_picture_sees_less_of_a_constant(kind: str) -> None:
    """Inside, its sums are the same everywhere; at the edges they have fewer terms."""
    network = Network((1, 4, 4, 2))
    network.conv(ones(2, 1, 2), [FAR, FAR])
    if kind == "conv":
        network.conv(ones(2, 3, 2), [0, 0])
    else:
        network.depthwise(np.ones((1, 3, 3, 2), np.int8), [0, 0])
    network.conv(ones(2, 1, 2), [5, 6])
    assert kept(narrowed(network), 1) == (0, 1)


def test_a_constant_channel_stays_where_the_bias_would_leave_32_bits() -> None:
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), [0, FAR, 0])
    network.conv(ones(2, 1, 3), [(1 << 31) - 100, 6])
    assert kept(narrowed(network), 0) == (0, 1, 2)


def test_weights_that_two_layers_share_are_not_rewritten_for_one() -> None:
    network = two_layers([0, -FAR, 0], size=1)
    inputs = network.model.main.object.operators[-1].inputs
    other = network.model.tensor("other", network.shape, "INT8", scale=0.05, zero_point=-128)
    network.model.operator("CONV_2D", inputs, [other], {"stride_h": 1, "stride_w": 1})
    assert kept(narrowed(network), 0) == (0, 1, 2)


def test_a_state_variable_keeps_all_its_channels() -> None:
    network = Network((1, 4, 4, 2))
    network.conv(ones(3, 1, 2), [0, -FAR, 0])
    network.model.main.object.tensors[network.tail].isVariable = True
    network.conv(ones(2, 1, 3), [5, 6])
    assert kept(narrowed(network), 0) == (0, 1, 2)


def test_nothing_is_known_of_sums_that_a_left_shift_takes_out_of_32_bits() -> None:
    sums = Sums(*(np.array([value], np.int64) for value in (-FAR, -FAR, FAR)))
    unknown = Ranges(np.array([-128]), np.array([127]))
    assert rescaled(sums, [Multiplier(1 << 30, 0)], 0, unknown).constant.all()
    assert not rescaled(sums, [Multiplier(1 << 30, 10)], 0, unknown).constant.any()


@pytest.mark.fidelity
@pytest.mark.parametrize("number", range(COMPILED))
def test_whole_networks_compute_what_tflm_computes(number: int, tmp_path: Path) -> None:
    """The generated C of networks drawn at random, under sanitizers: every layer's outputs."""
    model = next(model for model in map(draw, range(1000 * number, 1000 * number + 100)) if left_out(model))
    assert_stream_matches_tflm(model, random_vectors(parse(model), 6, seed=1), tmp_path)


def left_out(model: bytes) -> int:
    graph = remove_dead_channels(fold_constants(parse(model)))
    found = (tensor.channels for tensor in graph.main.tensors)
    return sum(channels.total - len(channels.kept) for channels in found if channels is not None)


def test_half_of_mobilenet_is_not_computed() -> None:
    model = MODELS / "vww_96_int8.tflite"
    if not model.exists():
        pytest.skip("the reference models are not beside the repository")
    lowered = lower(read_model(model), NO_FEATURES)
    assert lowered.macs <= 3_750_000  # of 7,489,664
    assert lowered.weights_bytes <= 34_000  # of 219,064


def test_a_difference_is_named_by_its_place_in_the_file() -> None:
    tensor = Tensor(0, "x", (1, 2, 2), DType.INT8, channels=Channels((1, 3), total=4))
    expected = bytes([0, 1, 2, 3, 4, 5, 6, 7])
    assert computed_difference(tensor, expected, bytes([1, 3, 5, 7])) is None
    difference = computed_difference(tensor, expected, bytes([1, 3, 5, 9]))
    assert difference is not None and difference.first.describe() == "[0, 1, 3]: expected 7, got 9"
