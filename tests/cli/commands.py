"""The commands as tests run them: inside this process, or as a process of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from click.testing import CliRunner

from bot.cli import main
from bot.settings import ROOT, Settings

_UNSET: Mapping[str, str | None] = dict.fromkeys(Settings.model_fields)

# For calls that are refused before anything is opened.
NO_DATABASE = {
    "DATABASE_URL": "sqlite:////proc/no/such.sqlite",
    "SECRET_KEY": "a secret of the tests only",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


def henji(
    *arguments: str, environment: Mapping[str, str] | None = None, given: str | bytes = ""
) -> Ended:
    """Run a command here with the settings of an environment only; a bug raises."""
    ran = CliRunner().invoke(
        main, arguments, input=given, env={**_UNSET, **(environment or {})}, catch_exceptions=False
    )
    return Ended(ran.exit_code, ran.stdout, ran.stderr)


def process(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a command as a process with the settings of an environment only."""
    inherited = {name: value for name, value in os.environ.items() if name not in _UNSET}
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=ROOT,
        env={**inherited, **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
