"""Random programs of reads, assignments, sums, branches and loops: where aliasing and planning may go wrong."""

from __future__ import annotations

import numpy as np

from tests.state.models import handle, int8, int8_constant
from tests.support.tflite_builder import ModelBuilder, SubgraphBuilder

VARIABLES = ("a", "b", "c")
STEPS = 14
DEPTH = 2


class ProgramBuilder:
    """Draws one model from a seed: inputs are a condition and a vector, outputs some of what it computes."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._model = ModelBuilder()
        self._names = 0

    def build(self) -> ModelBuilder:
        main = self._model.main
        condition, x = main.tensor("condition", (1,), "BOOL"), int8(main, "x")
        if self._rng.random() < 0.5:
            self._call_once()
        for variable in VARIABLES:
            # Each variable is assigned somewhere; a later step may read it before or after.
            if self._rng.random() < 0.5:
                main.operator("ASSIGN_VARIABLE", [handle(main, variable), x], [])
        computed = self._steps(main, condition, [x], DEPTH)
        for variable in VARIABLES:
            main.operator("ASSIGN_VARIABLE", [handle(main, variable), computed[-1]], [])
        chosen = self._rng.choice(len(computed), min(3, len(computed)), replace=False)
        main.set_io([condition, x], [computed[at] for at in chosen])
        return self._model

    def _call_once(self) -> None:
        once = self._model.subgraph("once")
        index = self._last_subgraph()
        for variable in VARIABLES:
            values = [3] * 4 if self._rng.random() < 0.5 else self._rng.integers(-9, 9, 4).tolist()
            once.operator("ASSIGN_VARIABLE", [handle(once, variable), int8_constant(once, "initial", values)], [])
        once.set_io([], [])
        self._model.operator("CALL_ONCE", [], [], {"init_subgraph_index": index})

    def _last_subgraph(self) -> int:
        return len(self._model.object.subgraphs) - 1

    def _steps(self, part: SubgraphBuilder, condition: int, given: list[int], depth: int) -> list[int]:
        """Adds operators to a subgraph; returns what they compute, of the shape that everything starts with."""
        known = list(given)
        for _ in range(STEPS >> (DEPTH - depth)):
            kinds = ["read", "assign", "add", "reshape"] + ["if", "while"] * (depth > 0)
            kind = self._rng.choice(kinds)
            source = int(self._rng.choice(known))
            if kind == "assign":
                part.operator("ASSIGN_VARIABLE", [handle(part, str(self._rng.choice(VARIABLES))), source], [])
                continue
            made = self._new(part)
            if kind == "read":
                part.operator("READ_VARIABLE", [handle(part, str(self._rng.choice(VARIABLES)))], [made])
            elif kind == "add":
                part.operator("ADD", [source, int(self._rng.choice(known))], [made])
            elif kind == "reshape":
                self._reshape(part, source, made)
            elif kind == "if":
                branches = [self._branch(depth - 1) for _ in range(2)]
                options = dict(zip(("then_subgraph_index", "else_subgraph_index"), branches, strict=True))
                part.operator("IF", [condition, condition, source], [made], options)
            else:
                self._loop(part, condition, source, made, depth - 1)
            known.append(made)
        return known

    def _new(self, part: SubgraphBuilder) -> int:
        self._names += 1
        return int8(part, f"t{self._names}")

    def _reshape(self, part: SubgraphBuilder, source: int, made: int) -> None:
        """To another shape and back: both are aliases."""
        self._names += 1
        flat = int8(part, f"flat{self._names}", (4,))
        shapes = [
            part.tensor(f"{name}{self._names}", (len(shape),), "INT32", data=np.array(shape, np.int32))
            for name, shape in (("to", [4]), ("back", [1, 4]))
        ]
        part.operator("RESHAPE", [source, shapes[0]], [flat])
        part.operator("RESHAPE", [flat, shapes[1]], [made])

    def _branch(self, depth: int) -> int:
        part = self._model.subgraph("branch")
        index = self._last_subgraph()
        condition, x = part.tensor("condition", (1,), "BOOL"), int8(part, "x")
        known = self._steps(part, condition, [x], depth)
        part.set_io([condition, x], [int(self._rng.choice(known))])
        return index

    def _loop(self, part: SubgraphBuilder, condition: int, source: int, made: int, depth: int) -> None:
        """Two rounds over a vector, which the body's last value replaces; the condition is carried along."""
        indices = []
        for name in ("again", "body"):
            inner = self._model.subgraph(name)
            indices.append(self._last_subgraph())
            count = inner.tensor("i", (1,), "INT32")
            flag, x = inner.tensor("condition", (1,), "BOOL"), int8(inner, "x")
            number = 2 if name == "again" else 1
            bound = inner.tensor("number", (1,), "INT32", data=np.array([number], np.int32))
            if name == "again":
                result = inner.tensor("again", (1,), "BOOL")
                inner.operator("LESS", [count, bound], [result])
                inner.set_io([count, flag, x], [result])
            else:
                following = inner.tensor("next", (1,), "INT32")
                inner.operator("ADD", [count, bound], [following])
                known = self._steps(inner, flag, [x], depth)
                inner.set_io([count, flag, x], [following, flag, int(self._rng.choice(known))])
        self._names += 1
        zero = part.tensor(f"zero{self._names}", (1,), "INT32", data=np.zeros(1, np.int32))
        count, flag = part.tensor(f"count{self._names}", (1,), "INT32"), part.tensor(f"flag{self._names}", (1,), "BOOL")
        options = {"cond_subgraph_index": indices[0], "body_subgraph_index": indices[1]}
        part.operator("WHILE", [zero, condition, source], [count, flag, made], options)
