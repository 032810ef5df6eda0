"""How many processes and how much memory a refresh may use.

Belongs here: the two settings, their defaults and how they are written. Does not belong here: what is built at the same
time (`side_by_side`).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from civic_assets.errors import UsageError
from civic_assets.house_numbers.memory import BYTES_OF_A_REFRESH

PROCESSES, MEMORY = "CIVIC_PROCESSES", "CIVIC_MEMORY"
_SIZE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) ?(?P<unit>[KMG]i?)?B?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a refresh may use; its result does not depend on it.

    Args:
        processes: Number of processes that build releases at the same time.
        memory: Memory that they may need together, in bytes, as far as the sizes of the files tell.
    """

    processes: int = 1
    memory: int = BYTES_OF_A_REFRESH


ALONE = Limits()
"""One process."""


def limits(processes: str | None = None, memory: str | None = None) -> Limits:
    """The limits that were asked for.

    Args:
        processes: Number of processes; `CIVIC_PROCESSES` if None, else the number of cores.
        memory: Memory, such as `800MB` or `2GB`; `CIVIC_MEMORY` if None, else 2 GB.

    Raises:
        UsageError: One of them is not a number of processes, or not an amount of memory.
    """
    number = processes or os.environ.get(PROCESSES) or str(cores())
    if not number.isdecimal() or int(number) < 1:
        raise UsageError(
            f"{number!r} is not a number of processes. Give 1 or more, for example --processes 2."
        )
    return Limits(int(number), _bytes(memory) if memory else memory_allowed())


def memory_allowed() -> int:
    """Memory that this process may use, in bytes: `CIVIC_MEMORY`, which the command line sets, else 2 GB.

    Raises:
        UsageError: The setting is not an amount of memory.
    """
    amount = os.environ.get(MEMORY)
    return _bytes(amount) if amount else BYTES_OF_A_REFRESH


def cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _bytes(amount: str) -> int:
    match = _SIZE.fullmatch(amount.strip())
    if match is None:
        raise UsageError(f"{amount!r} is not an amount of memory. Write it as 800MB or 2GB.")
    return int(float(match["number"]) * _UNITS[(match["unit"] or "")[:1].lower()])
