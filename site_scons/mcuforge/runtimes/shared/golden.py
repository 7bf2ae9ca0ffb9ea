"""The stock app's inputs: as many golden vectors as a small budget of flash allows, and how outputs are printed."""

from __future__ import annotations

from mcuforge.errors import UserError
from mcuforge.model.graph import DType, Graph

_GOLDEN_BYTES = 2048
"""What the stock app may spend on inputs in flash; one vector is always there, however large."""

PRINTED_AS = {
    DType.INT8: "MCUF_INT8",
    DType.UINT8: "MCUF_UINT8",
    DType.BOOL: "MCUF_UINT8",
    DType.INT16: "MCUF_INT16",
    DType.INT32: "MCUF_INT32",
    DType.FLOAT32: "MCUF_FLOAT32",
}


def chosen_vectors(graph: Graph, vectors: list[bytes]) -> tuple[bytes, int]:
    """The bytes of the first of `vectors` that fit, never none, and how many; UserError for outputs it cannot print."""
    for index in graph.main.outputs:
        if graph.main.tensors[index].dtype not in PRINTED_AS:
            raise UserError(
                f"the stock app cannot print {graph.main.tensors[index].describe()}",
                location=graph.source,
                hint="give the manifest an app of your own: `app: {sources: [main.c]}`",
            )
    size = max(1, len(vectors[0]))
    chosen = vectors[: max(1, _GOLDEN_BYTES // size)]
    return b"".join(chosen) or b"\0", len(chosen)
