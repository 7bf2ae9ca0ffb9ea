"""The promise of `check`: what it lets through, kernels do without a fault, whatever the model says."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mcuforge.errors import UserError
from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import operator_kind, operator_kinds
from tests.ops.single import FLOAT32, INT8, INT16, INT32, Case, Tensor
from tests.ops.sound import calls_kernel, in_float, sound_cases
from tests.support.kernel_harness import NO_FEATURES, run_node

MOST_BYTES_TO_RUN = 1 << 20
# Collected here and not while drawing: it imports test modules, which have properties of their own.
SOUND_CASES = sound_cases()
# These mean nothing outside a model with variables or other subgraphs: tests/state draws such models.
NEED_A_WHOLE_MODEL = {"ASSIGN_VARIABLE", "CALL_ONCE", "IF", "READ_VARIABLE", "VAR_HANDLE", "WHILE"}


_small_shapes = st.lists(st.sampled_from([0, 1, 1, 1, 2, 3, 4, 6]), max_size=6).map(tuple)
_shapes = st.one_of(_small_shapes, st.lists(st.sampled_from([1, 2**15, 2**20]), max_size=3).map(tuple))
_scales = st.one_of(
    st.none(),
    st.sampled_from([1.4e-45, 1e-38, 1e-20, 2.0**-27, 0.5, 1.0, 256.0, 2.0**31, 3e38]),
    st.lists(st.sampled_from([1e-38, 0.1, 1.0, 3e38]), min_size=1, max_size=4),
)
_numbers = st.one_of(st.integers(-3, 9), st.sampled_from([2**31 - 1, -(2**31), 2**30, 2**24, 2**16]))
_WIRE_INT8 = ("padding", "fused_activation_function", "weights_format", "mode", "out_type", "output_type")


@st.composite
def tensor_changes(draw: st.DrawFn, tensor: Tensor) -> dict[str, Any]:
    what = draw(st.sampled_from(["shape", "dtype", "scale", "zero_point", "data"]))
    if what == "shape":
        return {"shape": draw(_small_shapes if tensor.data is not None else _shapes)}
    if what == "dtype":
        return {"dtype": draw(st.sampled_from([INT8, INT16, INT32, FLOAT32, "INT64", "BOOL"]))}
    if what == "scale":
        return {"scale": draw(_scales), "axis": draw(st.integers(0, 3))}
    if what == "zero_point":
        return {"zero_point": draw(st.sampled_from([-128, -1, 0, 1, 127, 128]))}
    if tensor.data is None or tensor.dtype != INT32:
        return {"data": None}
    return {"data": np.array([draw(_numbers) for _ in range(tensor.data.size)], np.int32).reshape(tensor.shape)}


@st.composite
def option_changes(draw: st.DrawFn, case: Case) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(case.options)))
    old = case.options[name]
    if isinstance(old, bool):
        return {name: not old}
    if isinstance(old, float):
        return {name: draw(st.sampled_from([0.0, -1.0, 1e-30, 3e38, 2.0]))}
    if isinstance(old, list):
        return {name: draw(st.lists(_numbers, max_size=4))}
    return {name: draw(st.integers(-1, 6) if name in _WIRE_INT8 else _numbers)}


@st.composite
def hostile_cases(draw: st.DrawFn) -> Case:
    """A sound layer with one to three things changed, most of them for the worse."""
    case = draw(st.sampled_from(SOUND_CASES))
    if draw(st.booleans()):
        case = in_float(case)
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.integers(-2, len(case.inputs) - 1))
        if where == -2 and case.options:
            case = case.with_options(**draw(option_changes(case)))
        elif where == -1:
            case = case.with_output(**draw(tensor_changes(case.output)))
        elif where >= 0 and (tensor := case.inputs[where]) is not None:
            case = case.with_input(where, **draw(tensor_changes(tensor)))
    return case


def passes(node: Node) -> bool:
    try:
        operator_kind(node).check(node)
    except UserError as refusal:
        assert refusal.message.startswith(node.label), refusal.message
        assert refusal.location == node.graph.source
        return False
    return True


def run_on_noise(node: Node) -> None:
    """The kernel under the sanitizers, on random bytes; NaNs and infinities among the floats."""
    rng = np.random.default_rng(0)
    call = operator_kind(node).kernel(node, NO_FEATURES)
    tensors = [*node.inputs, node.output()]
    if sum(tensor.size_bytes for tensor in tensors) > MOST_BYTES_TO_RUN:
        return
    noise = {
        tensor.index: np.frombuffer(rng.bytes(tensor.size_bytes), tensor.dtype.numpy).reshape(tensor.shape)
        for tensor in tensors
        if not tensor.is_constant
    }
    run_node(node, call, noise)


@settings(max_examples=20 * settings().max_examples)
@given(case=hostile_cases())
def test_what_passes_runs_without_a_fault(case: Case) -> None:
    node = None
    with contextlib.suppress(UserError):  # the reader's business
        node = case.node()
    event("unsound file" if node is None else "read")
    if node is None or not passes(node):
        return
    event("runs")
    kind = operator_kind(node)
    assert kind.macs(node) >= 0
    for position, count in kind.overlap(node).items():
        assert 0 <= count <= node.output().size_bytes and position < len(node.inputs)
    for position, value in enumerate(kind.fold(node) or ()):
        assert (value.shape, value.dtype) == (node.output(position).shape, node.output(position).dtype.numpy)
    if calls_kernel(node):
        run_on_noise(node)


def test_every_operator_has_a_sound_case() -> None:
    """So that none escapes the test above."""
    for case in SOUND_CASES:
        assert passes(case.node()), case.kind
    assert {case.kind for case in SOUND_CASES} == set(operator_kinds()) - NEED_A_WHOLE_MODEL
