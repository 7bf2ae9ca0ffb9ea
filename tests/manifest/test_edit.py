"""Writing a list into a manifest: everything else stays as a person wrote it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.manifest.edit import with_list

NAMES = st.lists(st.from_regex(r"[A-Z][A-Z0-9_]{0,30}", fullmatch=True), min_size=1, max_size=20, unique=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", "a: 1\noperators: [X, Y]\n"),
        ("a: 1", "a: 1\noperators: [X, Y]\n"),
        ("operators: auto  # all\nb: 2\n", "operators: [X, Y]  # all\nb: 2\n"),
        ("operators: [A,\n  B]\n\n# c\nb: 2\n", "operators: [X, Y]\n\n# c\nb: 2\n"),
        ("operators:\n  - A\n  - B  # last\n# c\nb: 2\n", "operators: [X, Y]  # last\n# c\nb: 2\n"),
    ],
)
def test_only_the_list_changes(before: str, after: str) -> None:
    assert with_list(before, "operators", ["X", "Y"]) == after


@given(NAMES, st.sampled_from(["operators: auto\n", "operators: [A, B]\n", "operators:\n  - A\n", ""]))
def test_whatever_is_written_reads_back_and_no_line_is_long(names: list[str], old: str) -> None:
    text = with_list(f"# top\na: 1\n{old}b: {{c: 2}}  # end\n", "operators", names)
    assert yaml.safe_load(text) == {"a": 1, "b": {"c": 2}, "operators": names}
    assert "# top" in text and "# end" in text and max(map(len, text.splitlines())) <= 120
