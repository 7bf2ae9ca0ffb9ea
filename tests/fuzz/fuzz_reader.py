"""Coverage-guided fuzzing of everything that sees a model file before it is compiled. Needs `pip install atheris`.

    python -m tests.fuzz.fuzz_reader tests/fuzz/corpus [-runs=100000] [libFuzzer's options]

Findings are written to the working directory, as libFuzzer does; inputs worth keeping go into the first folder named.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["mcuforge"]):
    from tests.fuzz.stages import exercise


def test_one_input(data: bytes) -> None:
    exercise(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
