"""An input by its number: which sound file, which change, and the bytes.

Belongs here: choosing, the same for the same seed. Does not belong here: the changes themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from civic_assets_tests.fuzz.cell_changes import of_delimited
from civic_assets_tests.fuzz.container_changes import CONTAINER, in_cells, in_member, in_xml
from civic_assets_tests.fuzz.corpus import Seed
from civic_assets_tests.fuzz.text_changes import BYTES, DELIMITED, JSON, Change

MOST_BYTES = 4_000_000
"""Largest input; a change that makes a larger one is cut."""

_IN_CONTAINER: Mapping[str, Change] = {"part": in_xml, "part again": in_xml, "part once more": in_xml}
_CHANGES: Mapping[str, Mapping[str, Mapping[str, Change]]] = {
    "csv": {"bytes": BYTES, "delimited text": DELIMITED, "cells": {"cells": of_delimited}},
    "json": {"bytes": BYTES, "JSON": JSON},
    "xls": {"bytes": BYTES},
    "xlsx": {
        "bytes": BYTES, "container": CONTAINER, "XML": _IN_CONTAINER, "cells": {"cells": in_cells},
        "member": {"member": in_member},
    },
    "zip": {"bytes": BYTES, "container": CONTAINER, "member": {"member": in_member}},
}  # fmt: skip
_CHANGES = {**_CHANGES, "ods": _CHANGES["xlsx"]}
# Workbooks have the most that can be wrong; of each format, inputs in this proportion.
_SHARES = {"csv": 30, "xlsx": 26, "ods": 14, "zip": 12, "json": 12, "xls": 6}
_TWICE = 0.2
# Large files take longest and have no other parts than small ones, so they are chosen more rarely.
_USUAL_BYTES = 4_000


@dataclass(frozen=True)
class Input:
    """A changed file.

    Args:
        number: Its number in the campaign.
        name: Its name.
        kind: Kind of the change, with the format.
        content: Its bytes.
    """

    number: int
    name: str
    kind: str
    content: bytes


def made(number: int, seed: int, seeds: Sequence[Seed]) -> Input:
    """The input with a number.

    Args:
        number: Its number.
        seed: Of the campaign.
        seeds: Sound files.
    """
    rng = Random(f"{seed}-{number}")
    chosen = _chosen(rng, seeds)
    kinds = _CHANGES[chosen.kind]
    kind = rng.choice(sorted(kinds))
    content = _changed(rng, kinds[kind], chosen.content)
    if rng.random() < _TWICE:
        content = _changed(rng, kinds[rng.choice(sorted(kinds))], content)
    name = f"{number:06} {chosen.name}"[-80:]
    return Input(number, name.replace("/", "_"), f"{chosen.kind}: {kind}", content[:MOST_BYTES])


def _chosen(rng: Random, seeds: Sequence[Seed]) -> Seed:
    kinds = sorted({seed.kind for seed in seeds} & _SHARES.keys())
    kind = rng.choices(kinds, [_SHARES[one] for one in kinds])[0]
    of_kind = [seed for seed in seeds if seed.kind == kind]
    return rng.choices(of_kind, [1 / (1 + (len(seed.content) / _USUAL_BYTES) ** 2) for seed in of_kind])[0]


def _changed(rng: Random, changes: Mapping[str, Change], content: bytes) -> bytes:
    change = changes[rng.choice(sorted(changes))]
    try:
        return change(rng, content)
    except Exception:  # noqa: BLE001
        # What was damaged before cannot be taken apart again, whatever says so: then some of its bytes are changed.
        return BYTES["flip"](rng, content or b"x")
