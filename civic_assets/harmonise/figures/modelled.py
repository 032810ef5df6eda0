"""Figures that come out of a model, kept apart from those that somebody counted.

Belongs here: the result of a model with its method and parameters, and the guard that keeps it out of what only counted
figures may enter. Does not belong here: the models (`disaggregation`, `age_splits`, `succession`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from civic_assets.errors import CivicError

if TYPE_CHECKING:
    import pyarrow as pa

Part = TypeVar("Part")

METHODS = frozenset({"disaggregated", "apportioned", "age_split", "imputed", "areal", "modelled"})
"""Words in a column `method` that mean that a figure was modelled (rule H-09)."""

BARRED = frozenset({"identity", "ranking", "disclosure audit"})
"""Uses in which a modelled figure would be taken for a counted one."""


class CannotModel(CivicError):
    """The inputs do not determine what is asked for. `str(error)` says why, and what to give instead."""


@dataclass(frozen=True, slots=True)
class Modelled(Generic[Part]):
    """Values of a model, one for each part; never a published figure.

    Args:
        parts: What each value is about: periods, or age bands.
        values: In the order of `parts`.
        method: One of `METHODS`.
        model: Name of the model, e.g. `denton_cholette`.
        parameters: Everything that a reader needs to make the values again, beside the inputs.
        caution: What the model can not know, in a sentence.
    """

    parts: tuple[Part, ...]
    values: tuple[float, ...]
    method: str
    model: str
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    caution: str = ""

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(
                f"{self.method!r} is no method of a model; known are {', '.join(sorted(METHODS))}"
            )
        if len(self.parts) != len(self.values):
            raise ValueError(f"{len(self.parts)} parts have {len(self.values)} values")

    def label(self) -> str:
        """What stands beside every display of the values."""
        parameters = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        return f"modelled ({self.model}{'; ' + parameters if parameters else ''})"


def refuse_modelled(used_in: str, figures: Modelled[Part] | pa.Table) -> None:
    """Refuses a use that is barred to modelled figures.

    Args:
        used_in: One of `BARRED`; any other use is free, with the label.
        figures: Values of a model, or a table that may have a column `method`.

    Raises:
        CivicError: The use is barred and a figure is modelled.
    """
    if used_in not in BARRED:
        return
    if isinstance(figures, Modelled):
        number, methods = len(figures.values), [figures.method]
    else:
        found = modelled_rows(figures)
        number, methods = len(found), sorted(set(found))
    if number:
        raise CivicError(
            f"{number} figures are modelled ({', '.join(methods)}) and may not enter "
            f"{'an' if used_in[0] in 'aeiou' else 'a'} {used_in}; leave them out."
        )


def modelled_rows(table: pa.Table) -> Sequence[str]:
    """Method of each row that is modelled; a table without a column `method` has none."""
    if "method" not in table.column_names:
        return []
    return [method for method in table["method"].to_pylist() if method in METHODS]
