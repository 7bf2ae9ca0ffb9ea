"""Ends with 0 when TFLM can prepare a model in an arena of a size on this computer. In a process of its own: too small
an arena may crash it.

    python host_arena_process.py MODEL BYTES
"""

import sys

from tflite_micro import runtime

if __name__ == "__main__":
    try:
        runtime.Interpreter.from_file(sys.argv[1], arena_size=int(sys.argv[2]))
    except RuntimeError:
        sys.exit(1)
