"""An entry of the register, and how a module of the register declares it.

Belongs here: the entry and the register in memory. Does not belong here: any number.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, TypeVar

Value = int | float | tuple[int, ...]
_Chosen = TypeVar("_Chosen", bound=Value)


class HouseNumber(NamedTuple):
    """A number that this project chose.

    Args:
        name: Name of the constant in its module.
        what: What it limits or decides, in a phrase.
        value: The number, or several numbers that belong together.
        unit: Unit of the value, in words.
        because: Reason for the value, with the source where there is one.
        checks: Ids of the checks, or names of tables, commands and pages, that depend on it.
        subject: Module of the register that declares it.
    """

    name: str
    what: str
    value: Value
    unit: str
    because: str
    checks: tuple[str, ...]
    subject: str

    @property
    def printed(self) -> str:
        """The value as a person writes it: `183`, `0.25`, `60,000,000`, `100, 10 and 5`."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        *first, last = map(_printed, values)
        return f"{', '.join(first)} and {last}" if first else last


_ENTRIES: dict[str, HouseNumber] = {}


class Subject:
    """Declares the numbers of one subject.

    Args:
        module: Name of the module that declares them (`__name__`).
    """

    def __init__(self, module: str) -> None:
        self._name = module.rpartition(".")[2]

    def number(self, name: str, what: str, value: _Chosen, unit: str, because: str, *checks: str) -> _Chosen:
        """Registers a number and returns it.

        Args:
            name: Name of the constant that takes the number.
            what: What it limits or decides, in a phrase.
            value: The number.
            unit: Its unit, in words.
            because: The reason for it.
            checks: Ids of checks, or names of tables, commands and pages, that depend on it.

        Raises:
            ValueError: Another entry has this name.
        """
        if name in _ENTRIES:
            raise ValueError(f"{name} is registered twice, in {_ENTRIES[name].subject} and {self._name}")
        _ENTRIES[name] = HouseNumber(name, what, value, unit, because, checks, self._name)
        return value


def every_number() -> tuple[HouseNumber, ...]:
    """All entries, by subject and then in the order of their declaration."""
    package = __name__.rpartition(".")[0]
    for module in iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
    return tuple(sorted(_ENTRIES.values(), key=lambda entry: entry.subject))


def _printed(value: float) -> str:
    if value == int(value):
        return f"{value:,.0f}"
    if value < 1e-6:
        return f"{value:.7g}".replace("e-0", "e-")
    return f"{value:.10f}".rstrip("0")
