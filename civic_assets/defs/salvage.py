"""Definitions in spite of a contract of which Dagster will not have something.

Belongs here: finding the contract that stops all definitions, and doing without its free text, or without its source.
Does not belong here: the definitions (`build`), and mistakes in a contract that the program itself names
(`civic_assets.contracts`): those end a command before anything is done.

Dagster checks texts that it is given (tags, owners, schedules) when definitions are made, and refuses all of them for
one. A text that only Dagster shows is no reason for figures not to be made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import dagster as dg

from civic_assets.contracts.model import Contract
from civic_assets.defs.build import build_definitions
from civic_assets.defs.jobs import refresh_job_name
from civic_assets.layers.store import Store
from civic_assets.unforeseen import sentence_of


def definitions_for(
    store: Store, contracts: Mapping[str, Contract], progress: Callable[[str], None]
) -> tuple[dg.Definitions, frozenset[str], tuple[str, ...]]:
    """Definitions of every source that can have them.

    Args:
        store: Where everything is.
        contracts: All of them.
        progress: Told of each release and layer.

    Returns:
        The definitions; sources that are not in them; and a sentence for each contract that Dagster does not take as it
        is.
    """
    with suppress(Exception):  # which contract it is, is found out below
        return _checked(store, contracts, progress), frozenset(), ()
    usable: dict[str, Contract] = {}
    without: set[str] = set()
    sentences: list[str] = []
    for source, contract in contracts.items():
        said = _why_not(store, contract)
        if said is None:
            usable[source] = contract
            continue
        plain = _without_free_text(contract)
        if _why_not(store, plain) is None:
            usable[source] = plain
            sentences.append(
                f"Dagster does not take a text of {contract.file.name} ({said}). {source} is refreshed all the same, "
                "without owner, domain and schedule in the UI; correct the contract."
            )
        else:
            without.add(source)
            sentences.append(
                f"{source} is not refreshed: Dagster does not take {contract.file.name} ({said})."
            )
    return _checked(store, usable, progress), frozenset(without), tuple(sentences)


def _checked(
    store: Store, contracts: Mapping[str, Contract], progress: Callable[[str], None]
) -> dg.Definitions:
    definitions = build_definitions(store, contracts, progress)
    for source, contract in contracts.items():
        if contract.not_read_because is None:
            definitions.resolve_job_def(refresh_job_name(source))
    return definitions


def _why_not(store: Store, contract: Contract) -> str | None:
    """Why no definitions can be made of a contract by itself; None when they can."""
    try:
        _checked(store, {contract.source: contract}, lambda _: None)
    except Exception as error:  # noqa: BLE001  (that is the question)
        return sentence_of(error).rstrip(".")
    return None


def _without_free_text(contract: Contract) -> Contract:
    """A contract for definitions only: what Dagster need not know is left out, what is read stays."""
    release = {name: value for name, value in contract.release.items() if name != "schedule"}
    document = {name: value for name, value in contract.document.items() if name != "domain"}
    return replace(contract, owner="", release=release, document=document)
