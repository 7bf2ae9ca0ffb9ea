"""How large an arena TFLM needs on this computer: the ground of the bound for boards that nothing emulates."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mcuforge.emulate.oracle import require_wheel
from mcuforge.errors import UserError
from mcuforge.model.graph import Graph
from mcuforge.runtimes.tflm.arena import ceiling, smallest

_PROCESS = Path(__file__).with_name("host_arena_process.py")
_TIMEOUT_S = 120.0


def host_arena_bytes(model: Path, graph: Graph) -> int:
    """The smallest arena that works here, to 16 bytes. `graph` is what our own reader made of the file.

    Raises UserError when the wheel is missing or TFLM does not run the model at all.
    """
    require_wheel()
    largest = 4 * ceiling(graph)
    if not _fits(model, largest):
        raise UserError("TensorFlow Lite Micro does not run this model", location=graph.source)
    return smallest(lambda size: _fits(model, size), 0, largest)


def _fits(model: Path, size: int) -> bool:
    # Without -P the folder of the script would be searched for modules before the standard library.
    command = [sys.executable, "-P", str(_PROCESS), str(model), str(size)]
    return subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False).returncode == 0
