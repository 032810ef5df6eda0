"""Definitions in spite of a contract with a text that Dagster refuses.

Belongs here: finding the contract that stops all definitions, and leaving out its free text, or its source. Does not
belong here: the definitions (`build`), and mistakes in a contract that the program itself finds
(`civic_assets.contracts`): those end a command before anything is done.

Dagster checks texts that it is given (tags, owners, schedules) when definitions are made, and refuses all of them
because of one. A text that only Dagster shows should not stop figures from being made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import dagster as dg

from civic_assets.contracts.model import Contract
from civic_assets.defs.build import build_definitions
from civic_assets.defs.jobs import refresh_job_name
from civic_assets.layers.limits import ALONE, Limits
from civic_assets.layers.store import Store
from civic_assets.unforeseen import sentence_of


def definitions_for(
    store: Store, contracts: Mapping[str, Contract], progress: Callable[[str], None], limits: Limits = ALONE
) -> tuple[dg.Definitions, frozenset[str], tuple[str, ...]]:
    """Definitions of every source that can have them.

    Args:
        store: Where everything is.
        contracts: All contracts.
        progress: Function that receives a line for each release and layer.
        limits: Processes in which a run may render the site.

    Returns:
        The definitions; the sources that are left out; and a sentence for each contract that Dagster does not accept
        unchanged.
    """
    with suppress(Exception):  # which contract causes it is found below
        return _checked(store, contracts, progress, limits), frozenset(), ()
    usable: dict[str, Contract] = {}
    without: set[str] = set()
    sentences: list[str] = []
    for source, contract in contracts.items():
        reason = _why_not(store, contract)
        if reason is None:
            usable[source] = contract
            continue
        plain = _without_free_text(contract)
        if _why_not(store, plain) is None:
            usable[source] = plain
            sentences.append(
                f"Dagster does not accept a text of {contract.file.name} ({reason}). {source} is still refreshed, but "
                "without owner, domain and schedule in the UI. Correct the contract."
            )
        else:
            without.add(source)
            sentences.append(
                f"{source} is not refreshed: Dagster does not accept {contract.file.name} ({reason}). "
                "Correct the contract."
            )
    return _checked(store, usable, progress, limits), frozenset(without), tuple(sentences)


def _checked(
    store: Store, contracts: Mapping[str, Contract], progress: Callable[[str], None], limits: Limits = ALONE
) -> dg.Definitions:
    definitions = build_definitions(store, contracts, progress, limits)
    for source, contract in contracts.items():
        if contract.not_read_because is None:
            definitions.resolve_job_def(refresh_job_name(source))
    return definitions


def _why_not(store: Store, contract: Contract) -> str | None:
    """Why no definitions can be made from a contract alone; None if they can."""
    try:
        _checked(store, {contract.source: contract}, lambda _: None)
    except Exception as error:  # noqa: BLE001  (that is the question)
        return sentence_of(error).rstrip(".")
    return None


def _without_free_text(contract: Contract) -> Contract:
    """A contract for definitions only: without the text that Dagster need not know, with all that is read."""
    release = {name: value for name, value in contract.release.items() if name != "schedule"}
    document = {name: value for name, value in contract.document.items() if name != "domain"}
    return replace(contract, owner="", release=release, document=document)
