"""The C of IF, WHILE and CALL_ONCE: copies into and out of the memory of the subgraphs that they run.

The order of the copies is TFLM's (if.cc, while.cc, call_once.cc).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mcuforge.model.graph import DType, Tensor
from mcuforge.model.kernel_call import ControlFlow
from mcuforge.runtimes.aot.lower import Layer, Routine
from mcuforge.runtimes.aot.symbols import Scope

# A tensor, and the scope in which it lies.
_Placed = tuple[Scope, Tensor]


def control_statements(
    scope: Scope, layer: Layer, control: ControlFlow, routines: Mapping[int, Routine]
) -> tuple[str, ...]:
    """The body of a layer's function, a statement or brace each, indented from its own first column."""
    callees = [scope.callee(layer, routines[index]) for index in control.subgraphs]
    match control.form:
        case "if":
            return tuple(_branch(scope, layer, *callees))
        case "while":
            return tuple(_loop(scope, layer, *callees))
        case "once":
            return tuple(_once(scope, layer, *callees))


def _branch(scope: Scope, layer: Layer, chosen: Scope, otherwise: Scope) -> Iterator[str]:
    yield f"if ({_is_true(scope, layer.node.input(0))}) {{"
    yield from _indented(_run(scope, layer, chosen))
    yield "} else {"
    yield from _indented(_run(scope, layer, otherwise))
    yield "}"


def _run(scope: Scope, layer: Layer, callee: Scope) -> Iterator[str]:
    yield from _copies(_inputs(scope, layer, first=1), _taken(callee))
    yield _call(callee)
    yield from _copies(_given(callee), _outputs(scope, layer))


def _loop(scope: Scope, layer: Layer, condition: Scope, body: Scope) -> Iterator[str]:
    carried, results = _inputs(scope, layer, first=0), _outputs(scope, layer)
    again = condition.routine.subgraph
    yield from _copies(carried, _taken(condition))
    yield from _copies(carried, results)
    yield _call(condition)
    yield f"while ({_is_true(condition, again.tensors[again.outputs[0]])}) {{"
    yield from _indented(_copies(results, _taken(body)))
    yield f"  {_call(body)}"
    yield from _indented(_copies(_given(body), results))
    yield from _indented(_copies(results, _taken(condition)))
    yield f"  {_call(condition)}"
    yield "}"


def _once(scope: Scope, layer: Layer, callee: Scope) -> Iterator[str]:
    yield f"if (!{scope.once(layer)}) {{"
    yield f"  {_call(callee)}"
    yield f"  {scope.once(layer)} = true;"
    yield "}"


def _call(callee: Scope) -> str:
    return f"{callee.function}({callee.at(0)});"


def _is_true(scope: Scope, condition: Tensor) -> str:
    """Not read as a bool: nothing says that an input of that type holds 0 or 1."""
    return f"*(const uint8_t *)({scope.address(condition)}) != 0"


def _copies(sources: Iterable[_Placed], targets: Iterable[_Placed]) -> Iterator[str]:
    """Handles are not copied: which variable they mean is known."""
    for (from_scope, source), (to_scope, target) in zip(sources, targets, strict=True):
        if source.dtype is DType.RESOURCE:
            continue
        start, end = from_scope.address(source), to_scope.address(target)
        if start != end:
            yield f"memcpy({end}, {start}, {target.size_bytes});"


def _inputs(scope: Scope, layer: Layer, first: int) -> list[_Placed]:
    return [(scope, layer.node.input(position)) for position in range(first, len(layer.node.op.inputs))]


def _outputs(scope: Scope, layer: Layer) -> list[_Placed]:
    return [(scope, layer.node.output(position)) for position in range(len(layer.node.op.outputs))]


def _taken(callee: Scope) -> list[_Placed]:
    return [(callee, callee.routine.subgraph.tensors[index]) for index in callee.routine.subgraph.inputs]


def _given(callee: Scope) -> list[_Placed]:
    return [(callee, callee.routine.subgraph.tensors[index]) for index in callee.routine.subgraph.outputs]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
