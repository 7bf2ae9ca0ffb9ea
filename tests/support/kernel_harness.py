"""Runs operators' kernels on the host under sanitizers, and compares them with TensorFlow Lite Micro byte for byte.

    assert_matches_tflm(model_bytes, [input_array])

A kernel is compiled once per signature (function, fields, arguments), not per example: parameters are handed to a small
generated shim as data. Objects are cached by content below `build/`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.emulate.float32_copy import float32_copy, holds_float16
from mcuforge.errors import Location
from mcuforge.model.graph import DType, Graph, Node, Tensor
from mcuforge.model.kernel_call import Argument, ConstArray, KernelCall, NullArg, ScratchArg, TensorArg, TensorsArg
from mcuforge.model.operator_kind import operator_kind
from mcuforge.model.reader import parse_model
from mcuforge.transform.constants import fold_constants
from tests.support.tally import COMPARED

Array = npt.NDArray[Any]

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "runtime"
CACHE = ROOT / "build" / "test-kernels"
RUNNER_SOURCE = Path(__file__).with_name("kernel_runner.c")

WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-Wconversion")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
KERNEL_FLAGS = (
    *WARNINGS,
    *SANITIZERS,
    "-O1",
    "-g",
    "-ffp-contract=off",
    "-shared",
    "-fPIC",
    f"-I{RUNTIME / 'include'}",
)
RUNNER_FLAGS = ("-std=gnu99", *SANITIZERS, "-O1", "-g", "-ldl")

# TFLM's own bookkeeping, padding and kernel scratch; its tensors come on top.
ARENA_FOR_OBJECTS = 1 << 18

NO_BUFFER = 0xFFFFFFFF
UNWRITTEN = b"\xa5"
NO_FEATURES: frozenset[str] = frozenset()
FAST: tuple[frozenset[str], ...] = (frozenset({"dsp"}), frozenset({"dsp", "mve"}))
"""The cores for which some operators have kernels of their own."""


@dataclass(frozen=True)
class Place:
    """Where an argument lies: a byte offset in one of the request's buffers."""

    buffer: int
    offset: int = 0


def parse(model: bytes) -> Graph:
    return parse_model(model, Location(Path("test.tflite")))


def initial_state(graph: Graph) -> dict[int, Array]:
    """The variable tensors of the main subgraph as TFLM resets them: int8 to the zero point, all others to zero."""
    return {
        tensor.index: np.full(
            tensor.shape,
            tensor.quantization.zero_points[0] if tensor.dtype is DType.INT8 and tensor.quantization else 0,
            tensor.dtype.numpy,
        )
        for tensor in graph.main.tensors
        if tensor.is_state
    }


def run_sequence(graph: Graph, frames: Sequence[Sequence[Array]]) -> list[dict[int, Array]]:
    """`run_graph` on each frame's inputs in turn, variable tensors carried from one to the next."""
    state = initial_state(graph)
    results = []
    for inputs in frames:
        results.append(run_graph(graph, inputs, state))
        state = {index: results[-1][index] for index in state}
    return results


def run_graph(
    graph: Graph,
    inputs: Sequence[Array],
    state: Mapping[int, Array] | None = None,
    features: frozenset[str] = NO_FEATURES,
) -> dict[int, Array]:
    """Every computed tensor of the main subgraph, by index, after all operators ran once on the host.

    Variable tensors start from `state`, by default from TFLM's initial one; their new values are in the result too.
    Kernels are those for a core with `features`, whose instructions are computed in C here.
    """
    graph = fold_constants(graph)
    values: dict[int, Array] = dict(zip(graph.main.inputs, inputs, strict=True))
    values.update(initial_state(graph) if state is None else state)
    for node in graph.nodes():
        kind = operator_kind(node)
        source = kind.alias(node)
        if node.is_folded:
            values.update({index: graph.main.tensors[index].array() for index in node.op.outputs})
        elif source is not None:
            output = node.output()
            values[output.index] = _value(node.input(source), values).reshape(output.shape).view(output.dtype.numpy)
        else:
            values.update(run_node(node, kind.kernel(node, features), values))
    return values


def run_node(node: Node, call: KernelCall, values: Mapping[int, Array]) -> dict[int, Array]:
    """The outputs of one call and the variable tensors it was handed, each tensor in memory of its own."""
    memory = CallMemory(node, call, values)
    after = run_call(call, memory.buffers, memory.places)
    tensors = node.subgraph.tensors
    written = {index for index in call.tensors if index in node.op.outputs or tensors[index].is_state}
    return {index: _from_bytes(tensors[index], after[memory.tensors[index].buffer]) for index in sorted(written)}


def run_in_place(
    node: Node, position: int, values: Mapping[int, Array], features: frozenset[str] = NO_FEATURES
) -> Array:
    """Output 0 when its end shares memory with the beginning of an input, as far as `overlap` allows."""
    kind = operator_kind(node)
    call = kind.kernel(node, features)
    source, output = node.input(position), node.output()
    start = output.size_bytes - kind.overlap(node)[position]
    arena = bytearray(max(output.size_bytes, start + source.size_bytes))
    arena[start : start + source.size_bytes] = _value(source, values).tobytes()
    shared = {source.index: Place(0, start), output.index: Place(0)}
    memory = CallMemory(node, call, values, [bytes(arena)], shared)
    return _from_bytes(output, run_call(call, memory.buffers, memory.places)[0][: output.size_bytes])


class CallMemory:
    """Where a call's arguments lie: tensors in `shared` where that says, everything else in a buffer of its own."""

    def __init__(
        self,
        node: Node,
        call: KernelCall,
        values: Mapping[int, Array],
        buffers: Sequence[bytes] = (),
        shared: Mapping[int, Place] = MappingProxyType({}),
    ) -> None:
        self.buffers = list(buffers)
        self.tensors = dict(shared)
        self.places = [self._place(node, call, values, argument) for argument in _flat(call.arguments)]

    def _place(self, node: Node, call: KernelCall, values: Mapping[int, Array], argument: Argument) -> Place | None:
        match argument:
            case NullArg():
                return None
            case ConstArray():
                return self._own(argument.values.tobytes())
            case ScratchArg():
                return self._own(bytes(call.scratch_bytes))
            case TensorArg(tensor=index):
                if index not in self.tensors:
                    tensor = node.subgraph.tensors[index]
                    is_output = index in node.op.outputs
                    content = UNWRITTEN * tensor.size_bytes if is_output else _content(tensor, values)
                    self.tensors[index] = self._own(content)
                return self.tensors[index]

            case TensorsArg():
                raise AssertionError("flat arguments have none")

    def _own(self, content: bytes) -> Place:
        self.buffers.append(content)
        return Place(len(self.buffers) - 1)


def _flat(arguments: Sequence[Argument]) -> Iterator[Argument]:
    """Arrays of tensors as their elements: what the runner is sent."""
    for argument in arguments:
        if isinstance(argument, TensorsArg):
            yield from map(TensorArg, argument.tensors)
        else:
            yield argument


def run_call(call: KernelCall, buffers: Sequence[bytes], places: Sequence[Place | None]) -> list[bytes]:
    """The buffers after the call. Raises AssertionError with the sanitizer's report when the kernel misbehaves."""
    integers, floats, arrays = param_values(call)
    request = b"".join(
        (
            _block(str(_object(_shim(call))).encode() + b"\0"),
            struct.pack(f"=I{len(integers)}i", len(integers), *integers),
            struct.pack(f"=I{len(floats)}f", len(floats), *floats),
            struct.pack("=I", len(arrays)) + b"".join(map(_block, arrays)),
            struct.pack("=I", len(buffers)) + b"".join(map(_block, buffers)),
            struct.pack("=I", len(places)),
            *(struct.pack("=II", p.buffer, p.offset) if p else struct.pack("=II", NO_BUFFER, 0) for p in places),
        )
    )
    return _runner().call(request, [len(buffer) for buffer in buffers])


def param_values(call: KernelCall) -> tuple[list[int], list[float], list[bytes]]:
    """The integers, floats and arrays of the params struct, as shims take them."""
    integers: list[int] = []
    floats: list[float] = []
    arrays: list[bytes] = []
    for value in call.params.values():
        if isinstance(value, ConstArray):
            arrays.append(value.values.tobytes())
        elif isinstance(value, float):
            floats.append(value)
        elif value is not None:
            integers.extend(value if isinstance(value, tuple) else [int(value)])
    return integers, floats, arrays


def assert_matches_tflm(model: bytes, inputs: Sequence[Array]) -> None:
    """Runs a model here and in TFLM and compares every graph output byte for byte."""
    graph = parse(model)
    ours = run_graph(graph, inputs)
    theirs = tflm_outputs(model, inputs)
    for index, expected in zip(graph.main.outputs, theirs, strict=True):
        assert_equal_bytes(ours[index], expected, graph.main.tensors[index].describe())


def assert_equal_bytes(ours: Array, expected: Array, what: str, *, is_tflm: bool = True) -> None:
    """Equal bit patterns; NaNs count as equal whatever their payload, which C leaves open.

    `is_tflm`: whether the expected values are TFLM's, and count as a proof of fidelity.
    """
    if is_tflm:
        COMPARED.add(expected.size, expected.nbytes)
    assert ours.shape == expected.shape and ours.dtype == expected.dtype, what
    different = np.atleast_1d(ours != expected)
    if ours.dtype.kind == "f":
        different &= ~np.atleast_1d(np.isnan(ours) & np.isnan(expected))
        different |= np.atleast_1d(np.signbit(ours) != np.signbit(expected)) & ~np.atleast_1d(np.isnan(ours))
    if different.any():
        at = np.argwhere(different)[0]
        pair = (np.atleast_1d(ours)[tuple(at)], np.atleast_1d(expected)[tuple(at)])
        raise AssertionError(
            f"{what}: {different.sum()} of {ours.size} differ, first at {at}: {pair[0]}, TFLM {pair[1]}"
        )


def tflm_outputs(model: bytes, inputs: Sequence[Array]) -> list[Array]:
    return tflm_sequence(model, [inputs])[0]


def tflm_sequence(model: bytes, frames: Sequence[Sequence[Array]]) -> list[list[Array]]:
    """TFLM's outputs after each frame, from one interpreter that keeps its variable tensors."""
    interpreter = _interpreter(model, frames[0])
    outputs = []
    for inputs in frames:
        for at, value in enumerate(inputs):
            interpreter.set_input(value, at)
        interpreter.invoke()
        outputs.append([interpreter.get_output(at) for at in range(len(parse(model).main.outputs))])
    return outputs


def tflm_tensors(model: bytes, inputs: Sequence[Array], indices: Sequence[int]) -> dict[int, Array]:
    """TFLM's value of each tensor after one invocation, intermediate ones included."""
    from tflite_micro.python.tflite_micro import runtime

    interpreter = _interpreter(model, inputs, runtime.InterpreterConfig.kPreserveAllTensors)
    interpreter.invoke()
    return {index: np.asarray(interpreter.GetTensor(index, 0)["tensor_data"]) for index in indices}


def _interpreter(model: bytes, inputs: Sequence[Array], config: Any = None) -> Any:
    from tflite_micro.python.tflite_micro import runtime

    options = {} if config is None else {"intrepreter_config": config}
    graph = parse(model)
    tensors = graph.main.tensors
    arena = ARENA_FOR_OBJECTS + len(model) * 10 + sum(tensor.size_bytes for tensor in tensors if not tensor.is_constant)
    if holds_float16(graph):
        model = float32_copy(model)
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=arena, **options)
    for at, value in enumerate(inputs):
        interpreter.set_input(value, at)
    return interpreter


def _value(tensor: Tensor, values: Mapping[int, Array]) -> Array:
    return tensor.array() if tensor.is_constant else values[tensor.index]


def _content(tensor: Tensor, values: Mapping[int, Array]) -> bytes:
    """A tensor's bytes as a kernel finds them."""
    return (tensor.stored() if tensor.is_constant else values[tensor.index]).tobytes()


def _from_bytes(tensor: Tensor, data: bytes) -> Array:
    return np.frombuffer(data, tensor.dtype.numpy).reshape(tensor.shape).copy()


def _block(data: bytes) -> bytes:
    return struct.pack("=I", len(data)) + data


def _shim(call: KernelCall) -> str:
    return "\n".join([shim_includes([call]), shim_function(call, "run"), ""])


def shim_includes(calls: Sequence[KernelCall]) -> str:
    """C that brings the kernels of several calls into one translation unit."""
    sources = dict.fromkeys(source for call in calls for source in call.sources)
    return "\n".join(
        [
            "#define MCUF_PREFIX test",
            *(f'#include "{RUNTIME / source}"' for source in sources),
            *(f'#include "{header}"' for header in dict.fromkeys(call.header for call in calls)),
            "#include <stddef.h>",
        ]
    )


def shim_function(call: KernelCall, name: str) -> str:
    """C that builds the params struct from the lists of a request and makes the call."""
    fields: list[str] = []
    counts = {"integers": 0, "floats": 0, "arrays": 0}

    def take(kind: str) -> str:
        counts[kind] += 1
        return f"{kind}[{counts[kind] - 1}]"

    for field, value in call.params.items():
        if value is None:
            text = "NULL"
        elif isinstance(value, ConstArray):
            text = take("arrays")
        elif isinstance(value, float):
            text = take("floats")
        elif isinstance(value, tuple):
            text = "{" + ", ".join(take("integers") for _ in value) + "}"
        else:
            text = take("integers")
        fields.append(f"      .{field} = {text},")
    struct_lines = [f"  const {call.params_type} params = {{", *fields, "  };"] if call.params_type else []
    passed = ["&params"] * bool(call.params_type) + list(_passed(call.arguments))
    signature = (
        f"void {name}(const int32_t *integers, const float *floats, void *const *arrays, void *const *arguments)"
    )
    return "\n".join(
        [
            f"{signature};",
            f"{signature} {{",
            *struct_lines,
            "  (void)integers; (void)floats; (void)arrays;",
            f"  MCUF_FN({call.function})({', '.join(passed)});",
            "}",
        ]
    )


def _passed(arguments: Sequence[Argument]) -> Iterator[str]:
    """Each argument in C, from the flat list `arguments` of a request."""
    at = 0
    for argument in arguments:
        count = len(argument.tensors) if isinstance(argument, TensorsArg) else 1
        flat = [f"arguments[{at + offset}]" for offset in range(count)]
        at += count
        if isinstance(argument, TensorsArg):
            ctype = "void *const" if argument.is_output else "const void *const"
            yield f"({ctype}[]){{{', '.join(flat)}}}"
        else:
            yield from flat


@functools.cache
def _object(source: str) -> Path:
    return _compile(source.encode(), KERNEL_FLAGS, ".so")


def _compile(source: bytes, flags: Sequence[str], suffix: str) -> Path:
    key = hashlib.sha256(b"\0".join((source, " ".join(flags).encode(), _runtime_digest()))).hexdigest()[:24]
    target = CACHE / f"{key}{suffix}"
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            path, built = Path(folder, "source.c"), Path(folder, "built")
            path.write_bytes(source)
            subprocess.run(["gcc", str(path), *flags, "-lm", "-o", str(built)], check=True)
            os.replace(built, target)
    return target


@functools.cache
def _runtime_digest() -> bytes:
    digest = hashlib.sha256()
    for path in sorted(RUNTIME.rglob("*.[ch]")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


class _Runner:
    """The process that runs kernels; started again after a sanitizer ended it."""

    def __init__(self) -> None:
        self._program = _compile(RUNNER_SOURCE.read_bytes(), RUNNER_FLAGS, "")
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process that writes it)

    def call(self, request: bytes, sizes: Sequence[int]) -> list[bytes]:
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(request)
            process.stdin.flush()
        reply = process.stdout.read(sum(sizes))
        if len(reply) < sum(sizes):
            process.wait()
            self._process = None
            self._log.seek(0)
            raise AssertionError(self._log.read().decode(errors="replace")[-6000:])
        return list(_split(reply, sizes))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._log.truncate(0)
            self._process = subprocess.Popen(
                [str(self._program)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
            )
        return self._process


def _split(data: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        yield data[start : start + size]
        start += size


@functools.cache
def _runner() -> _Runner:
    return _Runner()
