"""The themes of the site, from `data_contracts/vocabularies/themes.yaml`.

Belongs here: reading the file, and refusing one that names a measure that does not exist. Does not belong here: the
keys of the file (`civic_assets.contracts.models.vocabularies.themes`), and the pages.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import THEMES
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.typed_file import read_typed

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.themes import Theme


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes by name, in their order."""

    themes: Mapping[str, Theme]

    def with_page(self, measures: Container[str]) -> Mapping[str, Theme]:
        """The themes that have a page: those of which some measure has one.

        Args:
            measures: Names of the measures with a page.
        """
        return {
            name: one
            for name, one in self.themes.items()
            if any(measure in measures for measure in one.measures)
        }


def themes() -> Themes:
    """The themes in the folder of contracts.

    Raises:
        ContractError: The file is not such a vocabulary, or names a measure or unit that there is not; names file, path
            and the nearest known name.
    """
    return _read(contracts_folder() / THEMES.pattern)


@cache
def _read(file: Path) -> Themes:
    from civic_assets.contracts.models.vocabularies.themes import ThemeVocabulary
    from civic_assets.contracts.problems import refused
    from civic_assets.quality.file_demands import DEMANDS

    document, problems = read_typed(THEMES, file, file.read_bytes())
    if document is not None:
        problems += DEMANDS[THEMES.name](document, file)
    if problems or not isinstance(document, ThemeVocabulary):
        raise refused(file, problems)
    return Themes(document.themes)
