"""What a model must compute: TensorFlow Lite Micro itself, from the `tflite-micro` wheel, in a process of its own."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mcuforge.emulate.float32_copy import float32_copy, holds_float16
from mcuforge.errors import InternalError, UserError
from mcuforge.model.graph import Graph

_PROCESS = Path(__file__).with_name("oracle_process.py")
_SHOWN_LINES = 6


class Oracle:
    """TFLM on one model. `graph` is what our own reader made of the same file: TFLM crashes on files it would refuse.

    A model with float16 weights runs as its exact float32 copy.

    `directory` takes temporary files; `timeout_s` bounds every call.
    """

    def __init__(self, model: Path, graph: Graph, directory: Path, timeout_s: float) -> None:
        require_wheel()
        self._model = model
        self._graph = graph
        self._directory = directory
        self._timeout_s = timeout_s

    def outputs(self, vectors: Sequence[bytes]) -> list[bytes]:
        """All outputs of each inference, back to back; inferences run in order, from the initial state.

        Raises UserError when TFLM refuses the model, crashes or does not finish.
        """
        data = self._run(vectors, ())
        size = sum(self._tensor_bytes(index) for index in self._graph.main.outputs)
        if len(data) != size * len(vectors):
            raise InternalError(f"TFLM wrote {len(data)} bytes, not {len(vectors)} × {size}")
        return [data[start : start + size] for start in range(0, len(data), size)] if size else [b""] * len(vectors)

    def tensors(self, vectors: Sequence[bytes], indices: Sequence[int], last: int = 1) -> list[dict[int, bytes]]:
        """The values of tensors of the main subgraph after each of the last `last` inferences.

        Raises UserError as `outputs` does.
        """
        if not indices:
            return [{} for _ in range(last)]
        data = self._run(vectors, indices, skipped=len(vectors) - last)
        size = sum(self._tensor_bytes(index) for index in indices)
        if len(data) != size * last:
            raise InternalError(f"TFLM wrote {len(data)} bytes of tensors, not {last} × {size}")
        return [self._split(data[start : start + size], indices) for start in range(0, len(data), size)]

    def _split(self, data: bytes, indices: Sequence[int]) -> dict[int, bytes]:
        values, start = {}, 0
        for index in indices:
            values[index] = data[start : start + self._tensor_bytes(index)]
            start += self._tensor_bytes(index)
        return values

    def _tensor_bytes(self, index: int) -> int:
        if not 0 <= index < len(self._graph.main.tensors):
            raise InternalError(f"the model has no tensor {index}")
        return self._graph.main.tensors[index].size_bytes

    def _run(self, vectors: Sequence[bytes], indices: Sequence[int], skipped: int = 0) -> bytes:
        main = self._graph.main
        with tempfile.TemporaryDirectory(dir=self._directory, prefix="oracle-") as folder:
            model = self._runnable(Path(folder))
            inputs, outputs = Path(folder, "vectors.bin"), Path(folder, "outputs.bin")
            inputs.write_bytes(b"".join(vectors))
            numbers = [self._arena_bytes(), len(main.inputs), len(main.outputs)]
            # Without -P the folder of the script would be searched for modules before the standard library.
            command = [sys.executable, "-P", str(_PROCESS), str(model), *map(str, numbers)]
            self._call([*command, str(inputs), str(outputs), str(skipped), *map(str, indices)])
            return outputs.read_bytes()

    def _runnable(self, folder: Path) -> Path:
        if not holds_float16(self._graph):
            return self._model
        model = folder / "float32.tflite"
        model.write_bytes(float32_copy(self._model.read_bytes()))
        return model

    def _arena_bytes(self) -> int:
        """More than enough when every tensor is kept: untouched memory of the arena costs nothing."""
        tensors = [tensor for subgraph in self._graph.subgraphs for tensor in subgraph.tensors]
        return (16 << 20) + 2 * sum(tensor.size_bytes + 1024 for tensor in tensors if not tensor.is_constant)

    def _call(self, command: Sequence[str]) -> None:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=self._timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise UserError(
                f"TensorFlow Lite Micro did not finish within {self._timeout_s:g} s", location=self._graph.source
            ) from None
        if done.returncode == 0:
            return
        message = "TensorFlow Lite Micro does not run this model"
        hint = None
        if done.returncode < 0:
            message = f"TensorFlow Lite Micro crashed on this model ({signal.Signals(-done.returncode).name})"
            hint = "indices or sizes among the golden inputs may be out of range; record real ones in an .npz file"
        raise UserError(message, location=self._graph.source, hint=hint, details=_last_lines(done.stderr))


def require_wheel() -> None:
    """Raises UserError when the wheel is not installed."""
    if importlib.util.find_spec("tflite_micro") is None:
        raise UserError(
            "the emulation compares with TensorFlow Lite Micro, and the `tflite-micro` wheel is not installed",
            hint="pip install 'mcuforge[emulate]' (the wheel exists for Linux on x86-64 only)",
        )


def _last_lines(stderr: bytes) -> tuple[str, ...]:
    lines = [line.rstrip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    return tuple(lines[-_SHOWN_LINES:])
