"""What can go wrong, by who can mend it; each class carries the exit code of the commands.

0 is success, 1 usage (arguments, configuration), 2 environment (no node, no compiler, a port taken), 3 a contract
reverted, 4 the chain is not what was expected (wrong id, foreign code, a lost transaction).
"""

from __future__ import annotations

from typing import ClassVar


class SuretyError(Exception):
    """Base of every error that is told in one line. `exit_code` is what a command returns."""

    exit_code: ClassVar[int] = 1


class UsageError(SuretyError):
    """An argument or a file of the user's is wrong."""

    exit_code = 1


class ConfigError(UsageError):
    """A configuration key is unknown, missing or out of range; the message names the key and what is allowed."""


class SetupError(SuretyError):
    """Something outside is missing: anvil, an RPC endpoint, the contracts' folder, a free port."""

    exit_code = 2


class Reverted(SuretyError):  # noqa: N818 - the word that the EVM has for it
    """A contract refused. `reason` is the decoded text, `data` the raw bytes it returned."""

    exit_code = 3

    def __init__(self, reason: str, data: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.data = data

    def __reduce__(self) -> tuple[type[Reverted], tuple[str, bytes]]:
        return type(self), (self.reason, self.data)  # both arguments survive a process boundary


class ChainError(SuretyError):
    """The chain is not the one expected, or lost what was sent to it."""

    exit_code = 4


class RecordError(ChainError):
    """The deployment record does not fit the chain, the configuration or the sources."""
