"""What the manifest says the model is, against the model: its `operators:`, both ways, and the number of `labels:`."""

from __future__ import annotations

from mcuforge.errors import UserError
from mcuforge.manifest.types import Project
from mcuforge.model.graph import Graph, Tensor


def used_operators(graph: Graph) -> tuple[str, ...]:
    """The kinds of all operators of all subgraphs, sorted."""
    return tuple(sorted({op.kind for subgraph in graph.subgraphs for op in subgraph.operators}))


def check_declared_operators(project: Project, graph: Graph) -> None:
    """Raises UserError when the list, where there is one, is not exactly what the model uses."""
    if project.operators is None:
        return
    used = used_operators(graph)
    missing = [name for name in used if name not in project.operators]
    unused = [name for name in project.operators if name not in used]
    problems = [("uses operators that are not declared", missing), ("does not use operators that are declared", unused)]
    for problem, names in problems:
        if names:
            raise UserError(
                f"the model {problem}: {', '.join(names)}",
                location=project.positions.at("operators"),
                hint=f"it uses {', '.join(used)}; `scons project=… operators=update` writes the list",
            )


def check_declared_labels(project: Project, graph: Graph) -> None:
    """Raises UserError when no output has as many values as there are labels: a class without one would be read past
    the end of the array. A single value is the probability of the second of two classes.
    """
    if not project.labels:
        return
    count, outputs = len(project.labels), [graph.main.tensors[index] for index in graph.main.outputs]
    if any(output.shape[-1:] == (count,) or (output.elements == 1 and count <= 2) for output in outputs):
        return
    raise UserError(
        f"there are {count} labels, and the model has other outputs: {', '.join(map(Tensor.describe, outputs))}",
        location=project.positions.at("labels"),
        hint="name each class, in the order of the output",
    )
