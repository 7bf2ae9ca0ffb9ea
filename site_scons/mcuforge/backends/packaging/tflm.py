"""Model → Package that runs on the TensorFlow Lite Micro which an ecosystem carries: façade, op resolver, model array.

No source tree of TensorFlow Lite Micro is needed, and nothing is compiled. So the arena's size is not measured: what is
measured with one release and one kernel library says nothing exact of another. It is the manifest's `arena:`, or an
upper bound.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mcuforge.backends.packaging.package import Package, TflmPart, package_of
from mcuforge.convert.labels import labels_of
from mcuforge.manifest.load import check_sha256
from mcuforge.manifest.types import Project, Target
from mcuforge.model.declared import check_declared_labels, check_declared_operators
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from mcuforge.runtimes.shared.render import Settings
from mcuforge.runtimes.tflm.arena import bound_from_host
from mcuforge.runtimes.tflm.generate import api_files, engine_files, library_file_names, resolver_files
from mcuforge.runtimes.tflm.host_arena import host_arena_bytes
from mcuforge.runtimes.tflm.released import check_released, released_tflm, whole_tensors_bytes
from mcuforge.units import format_size


def make_tflm_package(target: Target, model: Path, part: TflmPart) -> Package:
    """`model` is the .tflite file. Raises UserError for a model that the ecosystem's release cannot run as asked."""
    project = target.project
    check_sha256(project)
    graph = read_model(model)
    check_declared_operators(project, graph)
    check_declared_labels(project, graph)
    tree = released_tflm()
    check_released(graph, tree, part.title, project.positions.at("runtime"))
    arena_bytes, method = _arena(project, model, graph, part)
    settings = Settings(project.name, project.path.name, arena_bytes, labels_of(project))
    files = {
        **resolver_files([graph], settings, tree, "reference"),
        **engine_files(graph, model.read_bytes(), settings, tree, arena_bytes),
        **api_files(graph, settings, None),
    }
    texts = {name: files[name] for name in library_file_names(project.name)}
    return replace(package_of(target, texts, graph, arena_bytes), tflm=part, arena_method=method)


def _arena(project: Project, model: Path, graph: Graph, part: TflmPart) -> tuple[int, str]:
    """Bytes, and in words where the figure comes from."""
    if project.arena_bytes is not None:
        return project.arena_bytes, "the size that the manifest gives"
    need = bound_from_host(host_arena_bytes(model, graph), graph, part.kernels)
    if part.has_static_memory:
        return need.needed, need.method
    more = whole_tensors_bytes(graph)
    return need.needed + more, f"{need.method} and {format_size(more)} for larger tensors"
