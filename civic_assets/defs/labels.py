"""A contract's own words as labels that Dagster accepts.

Belongs here: names, tags and owners made from what a contract says. Does not belong here: descriptions and metadata,
which take any text unchanged (`describe`).

A contract may say anything, in any script and at any length. Dagster accepts 63 characters of the Latin alphabet for a
tag, an address or `team:...` for an owner, and letters and digits for a name, and refuses all definitions if one does
not fit. So a label is made from the words, and the words themselves are in the asset's metadata.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.defs.dagster_private import is_valid_owner, is_valid_strict_tag_value

_LENGTH = 63
_HASH = 8
UNKNOWN = "unknown"


def tag_value(text: object) -> str:
    """A text as the value of a tag: unchanged if Dagster accepts it, otherwise its letters and a hash of the text."""
    words = str(text).strip()
    # The pattern ends in `$`, which accepts a line break at the end.
    if words and is_valid_strict_tag_value(words) and "\n" not in words:
        return words
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", plain).strip("-.")
    if not words:
        return UNKNOWN
    return "-".join(filter(None, [plain[: _LENGTH - _HASH - 1].rstrip("-."), _digest(words)]))


def name_of(source: str) -> str:
    """A source's name as Dagster names operations, jobs and schedules: letters, digits and underscores."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", source)
    return plain if plain == source else f"{plain.strip('_')}_{_digest(source)}".lstrip("_")


def owners_of(contract: Contract) -> list[str]:
    """Owner of a source from its contract, as `team:...` if it is not an address; empty if there is none."""
    owner = " ".join(contract.owner.split())
    if not owner:
        return []
    return [owner] if is_valid_owner(owner) else [f"team:{owner}"]


def tags_of(contract: Contract) -> dict[str, str]:
    """Tags of a source's assets."""
    return {
        "source": tag_value(contract.source),
        "domain": tag_value(contract.document.get("domain") or UNKNOWN),
    }


def words_of(contract: Contract) -> dict[str, Any]:
    """The contract's own words, as metadata."""
    publisher = contract.publisher
    texts = {
        "contract": f"{contract.file.name} {contract.version}",
        "owner": contract.owner,
        "domain": contract.document.get("domain"),
        "publisher": publisher.get("name"),
        "licence": publisher.get("licence"),
    }
    return {name: str(words) for name, words in texts.items() if words}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
