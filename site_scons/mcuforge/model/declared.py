"""The manifest's `operators:` list against the model, both ways: one missing or one too many breaks the build."""

from __future__ import annotations

from mcuforge.errors import UserError
from mcuforge.manifest.types import Project
from mcuforge.model.graph import Graph


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
