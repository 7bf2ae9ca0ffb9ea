"""Everything that is known about a model on TFLM before anything is generated or compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mcuforge.manifest.types import Target
from mcuforge.model.graph import Graph
from mcuforge.runtimes.tflm.select import Selection, select
from mcuforge.runtimes.tflm.sources import TflmSources, find_sources
from mcuforge.runtimes.tflm.support import LayerCoverage, check_model, coverage, nodes_of, require_optimized

_SIGNAL = "CUSTOM:Signal"


@dataclass(frozen=True)
class PreparedModel:
    graph: Graph
    sources: TflmSources
    selection: Selection
    coverage: tuple[LayerCoverage, ...]


def prepare(target: Target, graph: Graph, tflm_dir: str | None, others: Sequence[Graph] = ()) -> PreparedModel:
    """`others` share the image with it: what is selected is for all.

    Raises UserError for missing or unfitting sources, and for a model that they cannot run as asked.
    """
    project = target.project
    graphs = (graph, *others)
    signal = any(node.op.kind.startswith(_SIGNAL) for each in graphs for node in nodes_of(each))
    sources = find_sources(tflm_dir, project.kernels, signal)
    check_model(graph, sources.tree)
    layers = coverage(graph, sources.tree, project.kernels)
    if project.require_optimized:
        require_optimized(layers, project.positions.at("require_optimized"))
    return PreparedModel(graph, sources, select(graphs, sources, project.kernels, target.board.cpu), layers)
