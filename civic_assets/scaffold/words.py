"""Pieces of YAML: quoted text, names made from headers, and questions as comments.

Belongs here: how a piece is written. Does not belong here: what is asked (`contract_text`).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

import yaml

from civic_assets.contracts.open_questions import OPEN
from civic_assets.values.cells import label

_WIDTH = 118


def quoted(text: str) -> str:
    """A text as a YAML scalar within a flow mapping, in quotation marks where it needs them."""
    flow: str = yaml.safe_dump([text], default_flow_style=True, width=10_000, allow_unicode=True)
    return flow.strip()[1:-1]


def listed(texts: Iterable[str]) -> str:
    """Texts as a YAML flow list."""
    return f"[{', '.join(map(quoted, texts))}]"


def name_of(text: str) -> str:
    """A header as our name: lower-case letters, digits and underscores, beginning with a letter."""
    found = re.sub(r"[^a-z0-9]+", "_", label(text).replace("%", " percent ")).strip("_") or "column"
    return found if found[0].isalpha() and is_text(found) else f"c_{found}"


def is_text(name: str) -> bool:
    """Whether YAML reads a name as text; it takes `no`, `on` and `null` for something else."""
    return isinstance(yaml.safe_load(name), str)


def names_of(texts: Iterable[str]) -> list[str]:
    """A name for each text, all different."""
    names: list[str] = []
    for text in texts:
        name, number = name_of(text), 2
        while name in names:
            name, number = f"{name_of(text)}_{number}", number + 1
        names.append(name)
    return names


def question(text: str, indent: int) -> list[str]:
    """A question as comment lines above the place of its answer."""
    space = " " * indent
    first, *others = textwrap.wrap(text, _WIDTH - indent - 8)
    return [f"{space}# {OPEN}: {first}", *(f"{space}#   {line}" for line in others)]
