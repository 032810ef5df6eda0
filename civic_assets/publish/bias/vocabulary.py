"""What the bias register needs in addition to the figures: `vocabularies/bias.yaml`, and inspections of forces.

Belongs here: these as the register works with them. Does not belong here: what may be written in the file
(`civic_assets.contracts.models.vocabularies.bias`), and any indicator of bias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.file_kinds import BIAS
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_valid
from civic_assets.publish.read_model.assurance import assurance

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.bias import BiasVocabulary


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
        recording_rates: Inspections of `vocabularies/assurance.yaml`: force, rate, error, from, to, reference.
        survey_estimates: Rows with source, area, measure, percent, start, end, reference.
        known_missing: Ids of breaks that say that an area sent nothing.
        printed_where_counted: Kinds of area that are printed only if something was counted.
        alternates: Rows with indicator, shown, other, because.
        themes: Indicators by theme.
        claims: `figures`, `changes` and `named` of the report.
    """

    limits: Mapping[str, Limit]
    recording_rates: Sequence[Mapping[str, Any]]
    survey_estimates: Sequence[Mapping[str, Any]]
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
    """The vocabulary that ships."""
    return read_vocabulary(contracts_folder() / BIAS.pattern)


def read_vocabulary(file: Path) -> Vocabulary:
    """The vocabulary in a file.

    Args:
        file: A vocabulary of bias.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    written: BiasVocabulary = read_valid(BIAS, file)
    rows = written.model_dump(by_alias=True)
    return Vocabulary(
        limits={
            name: Limit(float(one.value), one.origin, one.because) for name, one in written.thresholds.items()
        },
        recording_rates=[one.model_dump(by_alias=True) for one in assurance().inspections],
        survey_estimates=rows["survey_estimates"],
        known_missing=written.known_missing,
        printed_where_counted=written.printed_where_counted,
        alternates=rows["alternates"],
        themes=written.themes,
        claims=rows["claims"],
    )
