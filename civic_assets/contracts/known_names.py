"""Names that a contract may use and that are defined elsewhere: checks, thresholds, units.

Belongs here: closed lists that contracts are checked against. Contracts are below the rules, so the ids of checks and
thresholds are repeated here; a test compares them with the rules. Does not belong here: names that the
contract itself defines (`checks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_NUMBERS = {
    "H": (1, 4, 6, 7, 11, 12, 13, 14, 15, 16, 17, 18, 19),
    "K": (1, 4, 5, 6, 7, 8),
    "R": range(1, 13),
    "V": range(1, 29),
    "X": (1, 5, 14),
}
_OTHERS = {
    "E": range(1, 23),
    "H": (2, 3, 5, 8, 9, 10, 20),
    "K": (2, 3, 9),
    "R": (13,),
    "X": (2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18),
}
_THRESHOLDS = frozenset(
    {
        "disputed_share",
        "figures_least",
        "figures_most",
        "minimum_bytes",
        "month_scale_high",
        "month_scale_low",
        "null_share",
        "outlier_least_count",
        "outlier_z",
        "row_count_band",
        "small_base",
        "unfit_postcodes_share",
        "without_place_rise",
        "without_place_share",
    }
)
_MINIMUM = "minimum_bytes_"
UNITS_THAT_ARE_NOT_RATES = frozenset({"count", "per_100", "percentage_points"})
"""Units beyond those of rates, which the vocabulary of measures lists."""

NOT_WAIVABLE = ("H-18", "H-19", "H-20")
"""Checks that keep people from being recognised (catalogue, section 2)."""
UNITS_OF_COUNT = (
    "offences", "incidents", "events", "episodes", "persons", "enrolments", "households", "schools", "cases",
)  # fmt: skip
"""What one of a measure is. Events are not persons: one pupil can be suspended five times."""


def _ids(numbers: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(f"{family}-{number:02}" for family, many in numbers.items() for number in many)


@cache
def release_checks() -> frozenset[str]:
    """Ids of the checks of a release: those whose severity a contract may lower, and which its rules may carry."""
    return _ids(_NUMBERS)


@cache
def every_check() -> frozenset[str]:
    """Ids of all checks of the catalogue."""
    return release_checks() | _ids(_OTHERS)


def thresholds() -> frozenset[str]:
    """Names of the numbers that rules read from a contract; see also `is_threshold`."""
    return _THRESHOLDS


def is_threshold(name: str) -> bool:
    """Whether a rule reads a threshold of this name; `minimum_bytes_` is followed by a format or a table."""
    return name in _THRESHOLDS or (name.startswith(_MINIMUM) and len(name) > len(_MINIMUM))


def bound_to(threshold: str) -> str:
    """The format or table that a threshold is limited to, e.g. `json` of `minimum_bytes_json`; empty without one."""
    return threshold.removeprefix(_MINIMUM) if threshold.startswith(_MINIMUM) else ""


def vocabulary_file() -> Path:
    """The vocabulary of measures in force: that of the first folder of contracts with one, else the one that ships."""
    from civic_assets.contracts.folders import DEFAULT_FOLDER, contracts_folders

    files = [folder / "vocabularies" / "measures.yaml" for folder in contracts_folders()]
    return next((file for file in files if file.is_file()), DEFAULT_FOLDER / "vocabularies" / "measures.yaml")


def units() -> frozenset[str]:
    """Units that figures may have: counts, and the rates of the vocabulary of measures."""
    return UNITS_THAT_ARE_NOT_RATES | frozenset(vocabulary(vocabulary_file())["units"])


def vocabulary(file: Path) -> Mapping[str, Any]:
    """The vocabulary of measures as plain values; read again when the file changes.

    Args:
        file: A vocabulary of measures.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return _vocabulary(file, file.stat().st_mtime_ns)


@cache
def _vocabulary(file: Path, _: int) -> Mapping[str, Any]:
    from civic_assets.contracts.file_kinds import MEASURES
    from civic_assets.contracts.typed_file import read_plain, read_valid, remembered

    content = file.read_bytes()

    def read() -> Mapping[str, Any]:
        read_valid(MEASURES, file, content)
        found: Mapping[str, Any] = read_plain(MEASURES, file, content)
        return found

    return remembered(("vocabulary as plain values", content), read, dict, made_by=())
