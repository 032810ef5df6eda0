"""Community Safety Partnerships by name, for files that print no codes.

Belongs here: finding a printed name of a police force's partnership in `vocabularies/partnerships.yaml`. Does not
belong here: the columns of a file (each source's contract), and changes of partnerships over time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from civic_assets.contracts.load import contracts_folder
from civic_assets.values.cells import label

_APART = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Partnership:
    """One partnership of the vocabulary.

    Args:
        force: Code of the police force.
        authority: Code of the local authority with the same area; None if it covers several, or part of one.
        names: Names: the usual one, then others.
    """

    code: str
    force: str
    authority: str | None
    names: tuple[str, ...]


def words(name: str) -> str:
    """Form in which names are compared, regardless of case, punctuation and `&` for `and`."""
    return _APART.sub(" ", label(name).replace("&", " and ")).strip()


def partnership(force: str, name: str) -> Partnership | None:
    """The partnership of a police force (by code) with a given name; None if the vocabulary has none."""
    return _by_name(contracts_folder() / "vocabularies" / "partnerships.yaml").get((force, words(name)))


def partnerships_of(force: str) -> list[Partnership]:
    """Every partnership of a police force (by code)."""
    known = _by_name(contracts_folder() / "vocabularies" / "partnerships.yaml")
    return list({found.code: found for (of, _), found in known.items() if of == force}.values())


@cache
def _by_name(file: Path) -> Mapping[tuple[str, str], Partnership]:
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["partnerships"]
    by_name: dict[tuple[str, str], Partnership] = {}
    for code, entry in entries.items():
        names = (entry["name"], *entry.get("also", ()))
        one = Partnership(code, entry["force"], entry.get("authority"), names)
        by_name.update({(one.force, words(name)): one for name in names})
    return by_name
