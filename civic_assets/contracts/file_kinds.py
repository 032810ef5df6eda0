"""Kinds of files that people write in `data_contracts/`: where each is, its model and its schema for editors.

Belongs here: the list of kinds, and recognising the kind of a file. Does not belong here: what may be written in a file
(`models`) and reading it (`typed_file`). Nothing here imports pydantic: models are named, and imported when a file has
to be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.recognition import SHARED_KEYS_SHARE

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file.

    Args:
        name: What the file is, e.g. `vocabulary of measures`.
        pattern: Where it is below a folder of contracts.
        model_name: Module below `contracts.models`, and class.
        schema: File of its JSON Schema below the folder of contracts; empty for tables (`geography/datapackage.json`).
    """

    name: str
    pattern: str
    model_name: str
    schema: str = ""

    @property
    def model(self) -> type[BaseModel]:
        """The model of a whole file; importing it imports pydantic."""
        module, _, name = self.model_name.rpartition(".")
        found: type[BaseModel] = getattr(import_module(f"civic_assets.contracts.models.{module}"), name)
        return found

    @property
    def is_table(self) -> bool:
        """Whether it is a CSV table."""
        return self.pattern.endswith(".csv")

    def matches(self, file: Path) -> bool:
        """Whether a file has the name, and where that says nothing the folder, of this kind."""
        *folders, name = self.pattern.split("/")
        if name.startswith("*"):
            same_folder = not folders or file.parent.name == folders[-1]
            return same_folder and file.name.endswith(name[1:])
        return file.name == name


def _vocabulary(name: str, model: str, what: str) -> FileKind:
    return FileKind(
        f"vocabulary of {what}", f"vocabularies/{name}.yaml", f"vocabularies.{name}.{model}",
        f"vocabularies/{name}.schema.json",
    )  # fmt: skip


def _table(name: str, model: str, what: str) -> FileKind:
    return FileKind(f"table of {what}", f"geography/{name}.csv", f"geography.{model}")


CONTRACT = FileKind("contract", "*.odcs.yaml", "contract.ContractDocument", "contract.schema.json")
ASSURANCE = _vocabulary("assurance", "AssuranceVocabulary", "assurance")
BIAS = _vocabulary("bias", "BiasVocabulary", "bias")
CATEGORIES = _vocabulary("categories", "CategoryVocabulary", "categories")
EDUCATION_AREAS = _vocabulary("education_areas", "EducationAreas", "education areas")
GENERIC_HEADERS = _vocabulary("generic_headers", "GenericHeaders", "generic headers")
GLOSSARY = _vocabulary("glossary", "GlossaryVocabulary", "the glossary")
INDICATORS = _vocabulary("indicators", "IndicatorVocabulary", "indicators")
MEASURES = _vocabulary("measures", "MeasureVocabulary", "measures")
NOTE_EFFECTS = _vocabulary("note_effects", "NoteEffects", "effects of notes")
ORGANISATIONS = _vocabulary("organisations", "Organisations", "organisations")
PARTNERSHIPS = _vocabulary("partnerships", "Partnerships", "partnerships")
RECORDED_CRIME = _vocabulary("recorded_crime", "RecordedCrimeVocabulary", "recorded crime")
SEARCH_WORDS = _vocabulary("search_words", "SearchWords", "words that people search for")
SOURCE_QUALITY = _vocabulary("source_quality", "SourceQualityVocabulary", "source quality")
THEMES = _vocabulary("themes", "ThemeVocabulary", "themes")
BREAKS = FileKind("register of breaks", "breaks.yaml", "breaks.BreakRegister", "breaks.schema.json")
READ_MODEL = FileKind(
    "description of the read model",
    "read_model.yaml",
    "read_model.ReadModelMeanings",
    "read_model.schema.json",
)
WAIVERS = FileKind("register of waivers", "waivers.yaml", "registers.WaiverRegister", "waivers.schema.json")
CORRECTION = FileKind(
    "correction", "corrections/*.yaml", "registers.CorrectionEntry", "correction.schema.json"
)
SUITE = FileKind("suite of expectations", "expectations/*.json", "suites.SuiteFile", "suite.schema.json")
AREAS = _table("areas", "AreasTable", "areas")
MEMBERSHIPS = _table("memberships", "MembershipsTable", "memberships")
NAMES = _table("names", "NamesTable", "names of areas")
SUCCESSIONS = _table("successions", "SuccessionsTable", "successions")

KINDS = (
    CONTRACT, ASSURANCE, BIAS, CATEGORIES, EDUCATION_AREAS, GENERIC_HEADERS, GLOSSARY, INDICATORS, MEASURES,
    NOTE_EFFECTS, ORGANISATIONS, PARTNERSHIPS, RECORDED_CRIME, SEARCH_WORDS, SOURCE_QUALITY, THEMES, BREAKS,
    READ_MODEL, WAIVERS, CORRECTION, SUITE, AREAS, MEMBERSHIPS, NAMES, SUCCESSIONS,
)  # fmt: skip
"""Every kind, contracts first."""


def kind_of(file: Path) -> FileKind | None:
    """The kind of a file by its name and folder; None if they say nothing."""
    return next((kind for kind in KINDS if kind.matches(file)), None)


def kind_by_keys(value: Any) -> FileKind | None:
    """The kind of a file by the keys of its top level, some of which may be misspelt.

    Args:
        value: The file as plain values.

    Returns:
        The kind with which it shares at least half of its keys, and most of all kinds; of several, the one that has
        fewest others; None if there is none.
    """
    if not isinstance(value, Mapping) or not value:
        return None
    shared = {
        kind: len(set(map(str, value)) & _keys(kind)) / len(value) for kind in KINDS if not kind.is_table
    }
    best = max(shared, key=lambda kind: (shared[kind], -len(_keys(kind))))
    return best if shared[best] >= SHARED_KEYS_SHARE else None


def _keys(kind: FileKind) -> set[str]:
    return {field.alias or name for name, field in kind.model.model_fields.items()}
