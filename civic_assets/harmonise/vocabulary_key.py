"""The parts of the shared vocabularies that a release depends on, so that only a change of these makes it stale.

Belongs here: the parts of the vocabularies that one source uses. Does not belong here: the key of a release as a whole
(`civic_assets.layers.validated`), and that of a publication, which uses every vocabulary.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.known_names import vocabulary, vocabulary_file
from civic_assets.contracts.model import Contract

# Read by entry: a measure that a source does not use does not affect its releases.
_BY_ENTRY = "measures.yaml"
# Read only when a publication is built.
_OF_PUBLICATIONS = (
    "assurance.yaml",
    "bias.yaml",
    "glossary.yaml",
    "indicators.yaml",
    "organisations.yaml",
    "search_words.yaml",
    "source_quality.yaml",
    "themes.yaml",
)
_SHARED = ("vocabularies/*.yaml", "geography/*.csv", "breaks.yaml")


def vocabulary_key(contract: Contract) -> str:
    """Hash of the measures that a source uses, with everything they refer to, and of the other shared vocabularies.

    Args:
        contract: Contract of the source; its own measures are part of the contract's hash.
    """
    digest, folder = hashlib.sha256(), contracts_folder()
    for file in sorted(file for kind in _SHARED for file in folder.glob(kind)):
        if file.name != _BY_ENTRY and file.name not in _OF_PUBLICATIONS:
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    used = dict(measures_used(contract))
    digest.update(json.dumps(used, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def measures_used(contract: Contract) -> Iterator[tuple[str, Any]]:
    """Every entry of the vocabulary of measures that a source uses, by its position in the file.

    Args:
        contract: Contract of the source; the measures in its columns and labels lead to numerators and denominators.
    """
    known = vocabulary(vocabulary_file())
    entries, denominators = known["measures"], known["denominators"]
    waiting, seen = sorted({*contract.printed_measures, *contract.measures}), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        entry = _as_the_source_means_it(entries.get(name, {}), contract.source)
        own = contract.measures.get(name, {})
        yield f"measures.{name}", entry
        for part in (entry, own):
            if "ages" in part:
                yield f"ages.{part['ages']}", known["ages"].get(part["ages"])
            if "numerator" in part:
                waiting.append(part["numerator"])
            for unit, divisor in part.get("rates", {}).items():
                denominator = denominators.get(divisor, {})
                yield f"units.{unit}", known["units"].get(unit)
                yield f"denominators.{divisor}", denominator
                if "ages" in denominator:
                    yield f"ages.{denominator['ages']}", known["ages"].get(denominator["ages"])
                if "measure" in denominator:
                    waiting.append(denominator["measure"])


def _as_the_source_means_it(entry: Mapping[str, Any], source: str) -> dict[str, Any]:
    common = {key: value for key, value in entry.items() if key != "by_source"}
    return {**common, **entry.get("by_source", {}).get(source, {})}
