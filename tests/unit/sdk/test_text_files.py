"""Files that a user names."""

from pathlib import Path

import pytest

from surety.sdk.errors import SetupError, UsageError
from surety.sdk.text_files import LARGEST, read_text


def test_read_text__utf8_up_to_the_limit__as_it_is(tmp_path):
    path = tmp_path / "file"
    path.write_text("ü" * (LARGEST // 2), encoding="utf-8")
    assert read_text(path) == "ü" * (LARGEST // 2)
    path.write_text("a" * (LARGEST + 1))
    assert len(read_text(path, largest=None)) == LARGEST + 1
    with pytest.raises(UsageError, match="file: more than 1,000,000 bytes are no evidence"):
        read_text(path, what="evidence")


def test_read_text__a_source_without_end__is_not_read_to_it():
    with pytest.raises(UsageError, match="more than 10 bytes"):
        read_text(Path("/dev/zero"), largest=10)


def test_read_text__what_is_no_text_or_no_file__whose_turn_it_is(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"there is no file .*none"):
        read_text(tmp_path / "none")
    with pytest.raises(UsageError, match="is a folder"):
        read_text(tmp_path)
    path = tmp_path / "binary"
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="binary is no text in UTF-8"):
        read_text(path)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(SetupError, match="can't be read: Permission denied"):
        read_text(path)
