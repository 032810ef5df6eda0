"""What the bias register needs in addition to the figures: `vocabularies/bias.yaml`.

Belongs here: reading that file, and refusing what it must not contain. Does not belong here: any indicator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from civic_assets.contracts.load import contracts_folder
from civic_assets.errors import ContractError

_KEYS = {
    "thresholds", "recording_rates", "known_missing", "printed_where_counted", "alternates", "themes", "claims",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold: its value, who set it (`house rule`, or `literature: <which>`), and the reason for it."""

    value: float
    origin: str
    because: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Contents of the file.

    Args:
        limits: Thresholds by name.
        recording_rates: Rows with force, rate, error, from, to, reference.
        known_missing: Ids of breaks that say that an area sent nothing.
        printed_where_counted: Kinds of area that are printed only if something was counted.
        alternates: Rows with indicator, shown, other, because.
        themes: Indicators by theme.
        claims: `figures`, `changes` and `named` of the report.
    """

    limits: Mapping[str, Limit]
    recording_rates: Sequence[Mapping[str, Any]]
    known_missing: Sequence[str]
    printed_where_counted: Sequence[str]
    alternates: Sequence[Mapping[str, Any]]
    themes: Mapping[str, Sequence[str]]
    claims: Mapping[str, Any]

    def without_claims(self) -> Vocabulary:
        """The same without the claims of the report, for a publication that does not hold the report."""
        nothing = {"figures": [], "changes": [], "named": {**self.claims["named"], "indicators": []}}
        return replace(self, claims={**self.claims, **nothing})

    def limit(self, name: str) -> float:
        """Value of a threshold."""
        return self.limits[name].value


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that is shipped."""
    return read_vocabulary(contracts_folder() / "vocabularies" / "bias.yaml")


def read_vocabulary(file: Path) -> Vocabulary:
    """The vocabulary in a file.

    Raises:
        ContractError: An entry is incomplete or contradictory; names file, entry and reason.
    """
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != _KEYS:
        raise ContractError(file, "top", f"expected the keys {', '.join(sorted(_KEYS))}")
    limits = {name: _limit(file, name, entry) for name, entry in content["thresholds"].items()}
    for rate in content["recording_rates"]:
        if not 0 < rate["error"] < rate["rate"] <= 1:
            raise ContractError(
                file, "recording_rates", f"{rate['force']}: give a rate of at most 1, larger than its error"
            )
    return Vocabulary(
        limits,
        content["recording_rates"],
        content["known_missing"],
        content["printed_where_counted"],
        content["alternates"],
        content["themes"],
        content["claims"],
    )


def _limit(file: Path, name: str, entry: Any) -> Limit:
    if not isinstance(entry, dict) or set(entry) != {"value", "origin", "because"} or not entry["because"]:
        raise ContractError(file, f"thresholds.{name}", "give value, origin and because")
    if entry["origin"] != "house rule" and not str(entry["origin"]).startswith("literature: "):
        raise ContractError(
            file, f"thresholds.{name}", "the origin must be `house rule` or `literature: <which>`"
        )
    return Limit(float(entry["value"]), entry["origin"], entry["because"])
