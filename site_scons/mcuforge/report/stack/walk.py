"""Disassembly → functions with the depth of their stack at every call, whatever the instruction set.

Instructions are walked in order of address. The depth before one is what a branch to it brought, else what the one
before it left; behind a return or a jump that nothing is known to reach, it is the deepest the function has been.
"""

from __future__ import annotations

import re
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.report.stack.function import Call, Function

_LABEL = re.compile(r"^([0-9a-f]+) <(.+)>:$")
_LOCAL = ".L"
"""What labels inside a function begin with, which objects for a relaxing linker keep."""
_INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t(\S+)(?:\t(.*))?$")


@dataclass
class Walk(ABC):
    """The instructions of one function, in order; what an instruction does is the instruction set's business."""

    name: str
    depth: int = 0
    deepest: int = 0
    reached: bool = True
    calls: list[Call] = field(default_factory=list)
    arrivals: dict[int, int] = field(default_factory=dict)
    unbounded: str | None = None

    @abstractmethod
    def control(self, address: int, operation: str, operands: str) -> bool:
        """Branches, calls and returns; whether it was one."""

    @abstractmethod
    def adjust(self, operation: str, operands: str) -> None:
        """Changes of the stack pointer."""

    def step(self, address: int, operation: str, operands: str) -> None:
        if operation.startswith("."):
            return  # data between the code
        if address in self.arrivals:
            self.depth = max(self.arrivals[address], self.depth if self.reached else 0)
        elif not self.reached:
            if operation.startswith("nop"):
                return  # fills up to the alignment of what comes next
            self.depth = self.deepest
        self.reached = True
        if not self.control(address, operation, operands):
            self.adjust(operation, operands)
        self.deepest = max(self.deepest, self.depth)

    def end(self, follower: str | None) -> Function:
        if self.reached and follower is not None:
            self.calls.append(Call(follower, self.depth))
        return Function(self.name, self.deepest, tuple(self.calls), self.unbounded)

    def branch_to(self, address: int, function: str) -> None:
        if function == self.name or function.startswith(_LOCAL):
            self.arrivals[address] = max(self.arrivals.get(address, 0), self.depth)
        else:
            # Into the middle of another function, as libgcc's assembler does, costs no more than all of it.
            self.calls.append(Call(function, self.depth))


def read_functions(objdump: Path, elf: Path, walk: type[Walk]) -> dict[str, Function]:
    """Every labelled piece of code of an image, by name. Raises UserError when it cannot be disassembled."""
    done = subprocess.run(
        [objdump, "--disassemble", "--no-show-raw-insn", elf], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UserError(f"cannot disassemble the image: {done.stderr.strip()}")
    return {function.name: function for function in parse(done.stdout.splitlines(), walk)}


def parse(lines: Iterable[str], kind: type[Walk]) -> Iterator[Function]:
    """The functions of a listing. Code that runs on into the next label is a call of it, at the depth it has there."""
    walk: Walk | None = None
    for line in lines:
        if (label := _LABEL.match(line)) and not label[2].startswith(_LOCAL):
            if walk is not None:
                yield walk.end(follower=label[2])
            walk = kind(label[2])
        elif walk is not None and (found := _INSTRUCTION.match(line)):
            walk.step(int(found[1], 16), found[2], found[3] or "")
        elif line.startswith("Disassembly of section") and walk is not None:
            yield walk.end(follower=None)
            walk = None
    if walk is not None:
        yield walk.end(follower=None)
