"""Graph + tree → the generated C and C++: the engine (what drives TFLM), then the public C API in front of it.

The engine does not depend on the arena's size, which is measured with it; the API is written when that is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mcuforge.manifest.types import Kernels
from mcuforge.model.builtin_codes import CUSTOM
from mcuforge.model.graph import Graph, Tensor
from mcuforge.model.state import has_state
from mcuforge.plan.memory import ARENA_ALIGNMENT
from mcuforge.runtimes.shared.ctext import c_array, c_type
from mcuforge.runtimes.shared.golden import PRINTED_AS, chosen_vectors
from mcuforge.runtimes.shared.ports import ports_of
from mcuforge.runtimes.shared.render import STATUSES, Settings, environment, shared_context
from mcuforge.runtimes.tflm.resolver import resolver_entries
from mcuforge.runtimes.tflm.support import nodes_of
from mcuforge.runtimes.tflm.tree import TflmTree

_ENVIRONMENT = environment("mcuforge.runtimes.tflm")
_RESOLVER_FILES = {"{name}_op_resolver.h": "op_resolver_header.j2", "{name}_op_resolver.cc": "op_resolver.j2"}
_ENGINE_FILES = {
    "{name}_interpreter.h": "interpreter_header.j2",
    "{name}_interpreter.cc": "interpreter.j2",
    "{name}_model.c": "model.j2",
    "{name}_sizing.cc": "sizing.j2",
}
_API_FILES = {"{name}.h": "header.j2", "{name}.c": "tflm_api.j2", "{name}_trace.c": "tflm_trace.j2"}
_GOLDEN_FILE = ("{name}_golden.c", "tflm_golden.j2")


def engine_file_names(name: str, *, has_resolver: bool = True) -> tuple[str, ...]:
    """`has_resolver`: not that of another model in the same image."""
    patterns = (*(_RESOLVER_FILES if has_resolver else ()), *_ENGINE_FILES)
    return tuple(pattern.format(name=name) for pattern in patterns)


def library_file_names(name: str) -> tuple[str, ...]:
    """What an application links, besides TFLM itself: without the sizing program's part and the twin's table."""
    patterns = (*_RESOLVER_FILES, *_ENGINE_FILES, *_API_FILES)
    return tuple(pattern.format(name=name) for pattern in patterns if not pattern.endswith(("_sizing.cc", "_trace.c")))


def api_file_names(name: str, *, golden: bool) -> tuple[str, ...]:
    patterns = (*_API_FILES, *((_GOLDEN_FILE[0],) if golden else ()))
    return tuple(pattern.format(name=name) for pattern in patterns)


def resolver_files(graphs: Sequence[Graph], settings: Settings, tree: TflmTree, kernels: Kernels) -> dict[str, str]:
    """The op resolver for all models of an image: one of exactly as many places as they use operators."""
    entries = resolver_entries(graphs, tree, kernels)
    context = {
        **shared_context(settings, graphs[0].sha256),
        "namespace": tree.namespace,
        "kernel_namespace": tree.kernel_namespace,
        "entries": entries,
        "headers": sorted({entry.header for entry in entries if entry.header}),
        "places": max(1, len(entries)),
    }
    return _render(_RESOLVER_FILES, settings.name, context)


def engine_files(
    graph: Graph, model: bytes, settings: Settings, tree: TflmTree, ceiling: int, resolver: str | None = None
) -> dict[str, str]:
    """`model` is the .tflite file; `ceiling` the bytes that the arena is searched in.

    `resolver` names the model whose op resolver this one uses, absent: its own.
    """
    context = {
        **shared_context(settings, graph.sha256),
        "namespace": tree.namespace,
        "resolver": resolver or settings.name,
        "alignment": ARENA_ALIGNMENT,
        "variables": sum(node.op.kind == "VAR_HANDLE" for node in nodes_of(graph)),
        "status": {status.name: index for index, status in enumerate(STATUSES)},
        "model_bytes": len(model),
        "model": c_array(np.frombuffer(model, np.uint8)),
        "ceiling": ceiling,
    }
    return _render(_ENGINE_FILES, settings.name, context)


def api_files(graph: Graph, settings: Settings, golden: list[bytes] | None) -> dict[str, str]:
    """The public API and the two harness tables; `golden` are the stock app's inputs, None for an app of one's own."""
    main = graph.main
    ports = ports_of(settings.name, main, _Places(main.inputs, main.outputs).pointer)
    context: dict[str, Any] = {
        **shared_context(settings, graph.sha256),
        "alignment": ARENA_ALIGNMENT,
        "ports": ports,
        "uses_math": any(port.role == "input" and port.quantized for port in ports),
        "inputs": [_view(main.tensors[index]) for index in main.inputs],
        "outputs": [_view(main.tensors[index]) for index in main.outputs],
        "has_state": remembers(graph),
        "largest_port": max((main.tensors[i].size_bytes for i in (*main.inputs, *main.outputs)), default=0),
    }
    files = _render(_API_FILES, settings.name, context)
    if golden is not None:
        content, count = chosen_vectors(graph, golden)
        context |= {"golden": c_array(np.frombuffer(content, np.uint8)), "n_golden": count}
        files |= _render(dict([_GOLDEN_FILE]), settings.name, context)
    return files


def remembers(graph: Graph) -> bool:
    """Whether an inference may depend on those before it; what custom operators keep, no file tells."""
    return has_state(graph) or any(node.op.kind.startswith(f"{CUSTOM}:") for node in nodes_of(graph))


class _Places:
    """C for where an input or output lies: TFLM knows only at run time."""

    def __init__(self, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        self._ports = {"input": list(inputs), "output": list(outputs)}

    def pointer(self, tensor: Tensor, role: str) -> str:
        const = "const " if role == "output" else ""
        return f"({const}{c_type(tensor.dtype)} *){role}_memory({self._ports[role].index(tensor.index)})"


def _view(tensor: Tensor) -> dict[str, Any]:
    return {
        "tensor": tensor.index,
        "bytes": tensor.size_bytes,
        "elements": tensor.elements,
        "type": PRINTED_AS.get(tensor.dtype, ""),
    }


def _render(files: Mapping[str, str], name: str, context: Mapping[str, Any]) -> dict[str, str]:
    return {
        pattern.format(name=name): _ENVIRONMENT.get_template(template).render(context)
        for pattern, template in files.items()
    }
