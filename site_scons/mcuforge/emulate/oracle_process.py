"""Runs TensorFlow Lite Micro in a process of its own: a model that crashes it must not take the build down.

    python oracle_process.py MODEL ARENA_BYTES INPUT_COUNT OUTPUT_COUNT VECTORS OUTPUTS SKIPPED [TENSOR …]

VECTORS holds the inputs of all inferences back to back; nothing is written of the first SKIPPED of them. OUTPUTS
gets the outputs of each other inference; when tensors are named, instead the values of these (of the main subgraph)
after it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from tflite_micro import runtime


def main(argv: list[str]) -> None:
    model, vectors, outputs = argv[0], argv[4], argv[5]
    arena_bytes, input_count, output_count = map(int, argv[1:4])
    skipped, *tensors = map(int, argv[6:])
    config = runtime.InterpreterConfig
    interpreter = runtime.Interpreter.from_file(
        model,
        arena_size=arena_bytes,
        intrepreter_config=config.kPreserveAllTensors if tensors else config.kAllocationRecording,
    )
    vector_type = np.dtype([_field(interpreter.get_input_details(i), i) for i in range(input_count)])
    with Path(outputs).open("wb") as stream:
        for number, vector in enumerate(np.fromfile(vectors, vector_type)):
            # Again before every inference: TFLM reuses the inputs' memory.
            for position in range(input_count):
                interpreter.set_input(np.array(vector[position]), position)
            interpreter.invoke()
            if number < skipped:
                continue
            for index in tensors:
                stream.write(interpreter.GetTensor(index, 0)["tensor_data"].tobytes())
            for position in range(0 if tensors else output_count):
                stream.write(interpreter.get_output(position).tobytes())


def _field(details: dict[str, Any], position: int) -> tuple[str, Any, tuple[int, ...]]:
    return f"input{position}", details["dtype"], tuple(int(size) for size in details["shape"])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RuntimeError as failure:
        # TFLM has said why on standard error; this is what the wheel makes of it.
        sys.exit(str(failure))
