"""Writes docs/reference/command-line.md from what `civic-assets --help` prints.

Belongs here: the page, as text. Does not belong here: anything about a command, which its own help says.

Run: python tools/command_line_page.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "command-line.md"
_INTRODUCTION = """# Command line

For people who know which command they need. This page is what `civic-assets COMMAND --help` prints; it is made by
`python tools/command_line_page.py`, and a test says when it is old. Settings that are not options are [environment
variables](settings.md). With `--json` a command prints one JSON object.
"""


def help_of(*command: str) -> str:
    """What `civic-assets COMMAND --help` prints on a terminal of 100 columns, without colours."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "civic_assets.cli", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    ).stdout.rstrip()


def commands() -> list[str]:
    """Names of the commands, in the order of the help."""
    _, _, listed = help_of().partition("COMMAND\n")
    return re.findall(r"^    (\w[\w-]*)", listed, flags=re.MULTILINE)


def page() -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION, f"```text\n{help_of()}\n```\n"]
    for command in commands():
        parts.append(f"## {command}\n\n```text\n{help_of(command)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
