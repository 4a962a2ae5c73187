"""Salts stay with their owner and their evidence."""

import pytest
from tests.support.journal import CLIENT, OPERATOR

from surety.sdk.errors import UsageError
from surety.sdk.salts import kept_salt, new_salt, salt_path

EVIDENCE = b"\7" * 32


def test_new_salt__is_random_kept_and_its_owners_alone(tmp_path):
    path = salt_path(tmp_path / "evidence.json")
    assert kept_salt(path, 1, OPERATOR, EVIDENCE) is None
    made = new_salt(path, 1, OPERATOR, EVIDENCE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_salt(path, 1, OPERATOR, EVIDENCE) == made
    assert made.salt != new_salt(tmp_path / "other", 1, OPERATOR, EVIDENCE).salt


def test_new_salt__where_one_is__is_never_overwritten(tmp_path):
    made = new_salt(tmp_path / "salt", 1, OPERATOR, EVIDENCE)
    with pytest.raises(UsageError, match="there already"):
        new_salt(tmp_path / "salt", 1, OPERATOR, EVIDENCE)
    assert kept_salt(tmp_path / "salt", 1, OPERATOR, EVIDENCE) == made


@pytest.mark.parametrize("other", [(2, OPERATOR, EVIDENCE), (1, CLIENT, EVIDENCE), (1, OPERATOR, bytes(32))])
def test_kept_salt__of_another_proof__is_refused(tmp_path, other):
    new_salt(tmp_path / "salt", 1, OPERATOR, EVIDENCE)
    with pytest.raises(UsageError, match="of another prover, chain or evidence"):
        kept_salt(tmp_path / "salt", *other)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_kept_salt__damaged__is_told(tmp_path, content):
    (tmp_path / "salt").write_bytes(content)
    with pytest.raises(UsageError, match="salt"):
        kept_salt(tmp_path / "salt", 1, OPERATOR, EVIDENCE)
