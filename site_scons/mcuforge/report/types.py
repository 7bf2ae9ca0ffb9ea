"""What an image costs and whether that is allowed: the vocabulary of reports. All numbers are bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mcuforge.errors import InternalError, Location

# In the order of reports.
CAUSES = ("weights", "kernels", "runtime", "app", "arena", "state", "stack", "libc", "padding", "other")


@dataclass(frozen=True)
class Cause:
    """Bytes of a memory region and what they are for, as a tree: a cause, its groups, their symbols.

    A group is a layer (weights), a kernel function (kernels), what alignment follows (padding) or an object file.
    `note` says in words what a name does not: the tensor that an array holds.
    Raises InternalError when children do not add up to their parent.
    """

    name: str
    region: str
    bytes: int
    children: tuple[Cause, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if self.children and sum(child.bytes for child in self.children) != self.bytes:
            raise InternalError(f"the parts of {self.name} in {self.region} do not add up to its {self.bytes} bytes")


@dataclass(frozen=True)
class RegionUse:
    """`capacity` is what the board lets the image use; `budget` what the project allows, None for no limit."""

    name: str
    used: int
    capacity: int
    budget: int | None

    @property
    def limit(self) -> int:
        return self.capacity if self.budget is None else min(self.budget, self.capacity)

    @property
    def ok(self) -> bool:
        return self.used <= self.limit


@dataclass(frozen=True)
class ArenaUse:
    """`used` is what the image reserves; `lower_bound` the most bytes that live at once."""

    used: int
    lower_bound: int
    budget: int | None


@dataclass(frozen=True)
class Frame:
    """A function on the deepest chain of calls, and the bytes of its own that are in use where it calls the next."""

    function: str
    bytes: int


@dataclass(frozen=True)
class StackUse:
    """`bound` is what one inference can take, found from the linked instructions; None where it is not analysed.

    `reserved` is what the image sets aside; `chain` the calls that reach the bound, each with the bytes of its own.
    `unbounded` says why there can be no bound (recursion, a call through a pointer) and how that is reached, in lines.
    """

    bound: int | None
    reserved: int
    budget: int | None
    chain: tuple[Frame, ...] = ()
    unbounded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """What was measured: names, the model's facts and the compiler (`arm-none-eabi-gcc 12.2.1`)."""

    project: str
    board: str
    runtime: str
    model_sha256: str
    operators: Mapping[str, int] = field(hash=False)
    macs: int
    toolchain: str


@dataclass(frozen=True)
class SizeReport:
    """Causes of a region sum to what it uses. Raises InternalError when they do not."""

    regions: tuple[RegionUse, ...]
    causes: tuple[Cause, ...]
    arena: ArenaUse
    stack: StackUse
    provenance: Provenance

    def __post_init__(self) -> None:
        for region in self.regions:
            total = sum(cause.bytes for cause in self.causes_of(region.name))
            if total != region.used:
                raise InternalError(f"causes explain {total} bytes of {region.name}, which uses {region.used}")

    def region(self, name: str) -> RegionUse:
        return next(region for region in self.regions if region.name == name)

    def causes_of(self, region: str) -> tuple[Cause, ...]:
        return tuple(cause for cause in self.causes if cause.region == region)

    def largest(self, region: str, count: int = 3) -> tuple[Cause, ...]:
        """The causes that take most of a region, largest first; never an empty one."""
        taken = [cause for cause in self.causes_of(region) if cause.bytes]
        return tuple(sorted(taken, key=lambda cause: (-cause.bytes, cause.name))[:count])


@dataclass(frozen=True)
class Verdict:
    """Whether `used` is within `limit`. `region` is a memory region, `arena` or `stack`.

    `location` is the manifest's line of the budget, or for a board's capacity the place where one would be written.
    """

    region: str
    used: int
    limit: int
    kind: Literal["budget", "capacity"]
    location: Location

    @property
    def ok(self) -> bool:
        return self.used <= self.limit

    @property
    def is_too_large(self) -> bool:
        """Whether the image is larger than a memory of the chip: nothing that the chip could run."""
        return not self.ok and self.kind == "capacity" and self.region != "stack"
