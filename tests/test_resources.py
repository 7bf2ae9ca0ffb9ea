"""What is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.resources import write_atomic


def test_what_cannot_be_written_is_an_error_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for path, said in (
        (tmp_path / "file" / "below" / "x", f"{tmp_path}/file/below: error: cannot make the folder: Not a directory"),
        (tmp_path / "folder", f"{tmp_path}/folder: error: cannot write it: Is a directory"),
    ):
        with pytest.raises(UserError) as caught:
            write_atomic(path, "text")
        assert caught.value.render() == said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"], "nothing half is left"


def test_a_full_disk_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    write_atomic(path, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mcuforge.resources.os.replace", full)
    with pytest.raises(UserError, match="No space left on device"):
        write_atomic(path, "new")
    assert path.read_text() == "old" and [found.name for found in tmp_path.iterdir()] == ["x"]
