"""Errors as a person meets them: one line that says what is wrong, and an exit code that says whose turn it is.

0 fine, 1 usage (arguments, configuration), 2 environment (no node, no file access), 3 a contract reverted, 4 the chain
is not the expected one. Anything else is a fault of ours and keeps its traceback.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import click
from rich.console import Console
from rich.text import Text

from surety.curves import ProfileError, YieldError
from surety.sdk.errors import Reverted, SuretyError
from surety.sim.scenario import ScenarioError

USAGE = 1
ENVIRONMENT = 2
INTERRUPTED = 130
_NUMBER = re.compile(r"^-[0-9.]")


def guarded(command: Callable[[], object]) -> int:
    """Run `command`; print what went wrong on stderr in one line; return the exit code."""
    try:
        command()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        return tell("interrupted", INTERRUPTED)
    except click.NoSuchOption as error:
        if _NUMBER.match(error.option_name):
            return tell(f"{error.option_name} is negative: no number here can be", USAGE)
        return _usage(error)
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        return tell(error.format_message(), USAGE)
    except (YieldError, ProfileError, ScenarioError) as error:
        return tell(str(error), USAGE)
    except Reverted as error:
        return tell(f"reverted: {error.reason}", error.exit_code)
    except SuretyError as error:
        return tell(str(error), error.exit_code)
    except sqlite3.Error as error:
        return tell(f"the journal's index, which stands beside it: {error}", ENVIRONMENT)
    except OSError as error:
        return tell(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), ENVIRONMENT)
    return 0


def _usage(error: click.UsageError) -> int:
    if error.format_message().endswith("is not readable."):  # a file that is there is no wrong argument
        return tell(error.format_message(), ENVIRONMENT)
    where = f" (see `{error.ctx.command_path} --help`)" if error.ctx else ""
    if isinstance(error, click.MissingParameter) and error.param is not None and error.param.envvar:
        where = f" Or set {error.param.envvar} in the environment{where}"
    return tell(error.format_message() + where, USAGE)


def tell(message: str, code: int) -> int:
    """Print one line on stderr and return `code`."""
    line = " ".join(message.split())
    Console(stderr=True, soft_wrap=True).print(Text.assemble(("surety: ", "bold red"), line))
    return code
