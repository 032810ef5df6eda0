"""Tables and lines in a terminal.

Belongs here: how a table looks, and how many lines are printed of a long list. Does not belong here: what is printed,
and JSON (`civic_assets.cli.shared.output`). Imports Rich: commands import this module when they print.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

# Columns are never truncated: a table wider than the terminal wraps, and is complete when written to a file.
_WIDTH = 200


def console() -> Console:
    """A console that wraps lines but does not colour numbers."""
    return Console(highlight=False, soft_wrap=True)


def print_table(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> None:
    """Print a table.

    Args:
        columns: Name of each column, and whether it holds numbers.
        rows: Text of each cell.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, number in columns:
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False, width=max(console().width, _WIDTH)).print(table)
