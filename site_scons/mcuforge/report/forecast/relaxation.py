"""What the linker of a relaxing instruction set makes shorter, by where things will lie.

Distances are taken before anything is shortened, so that a few calls at the edge of what is near are taken for far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mcuforge.report.forecast.sections import InputSection

_NEAR_CALL = 1 << 11
"""Bytes that a compressed jump reaches, either way."""
_POINTER_REACH = range(16, (1 << 12) - 16)
"""Where, from the start of data, the global pointer reaches: ld keeps the largest alignment free at either end."""


def savings(sections: Sequence[InputSection], code: Mapping[int, int], data: Mapping[int, int]) -> Mapping[int, int]:
    """{section: bytes it loses}, by their numbers. `code` and `data` say at which offset each lies."""
    return {at: sum(_saving(section, at, code, data)) for at, section in enumerate(sections) if section.shortcuts}


def _saving(section: InputSection, at: int, code: Mapping[int, int], data: Mapping[int, int]) -> list[int]:
    saved = []
    for shortcut in section.shortcuts:
        if shortcut.target is None:
            is_near = False
        elif shortcut.is_call:
            is_near = shortcut.target in code and at in code and abs(code[shortcut.target] - code[at]) < _NEAR_CALL
        else:
            is_near = data.get(shortcut.target, -1) in _POINTER_REACH
        saved.append(shortcut.near_saving if is_near else shortcut.far_saving)
    return saved
