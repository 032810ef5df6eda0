"""The causes that are open now, as the store shows them.

Belongs here: reading what is held back, late, drifted, replaced, withdrawn or out of reach. Does not belong here: that
a run failed, which is remembered (`memory`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from civic_assets.acquire.live.held import Event, HeldSource, read_held
from civic_assets.alerts.cause import AlertCause, Kind
from civic_assets.archive import Receipt, release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.alerts import EVENT_DAYS, UNREACHABLE_TIMES
from civic_assets.layers.checked import stored_facts
from civic_assets.layers.facts import ReleaseFacts
from civic_assets.layers.store import Store
from civic_assets.publish.queries.sources import sources, today_in_london
from civic_assets.publish.report import links

_LAYOUT = ("R-03:", "R-04:", "R-09:")
_IDENTITY = "R-01:"


def causes_in(store: Store, contracts: Mapping[str, Contract], today: date | None = None) -> list[AlertCause]:
    """Causes that the store shows, by kind and subject.

    Args:
        store: The store.
        contracts: All contracts.
        today: Day for which lateness is judged; today in London if None.
    """
    day = today or today_in_london()
    found = {cause.key: cause for cause in _of_releases(store, contracts)}
    for cause in (*_of_sites(store, contracts, day), *_late(store, contracts, day)):
        # A replaced file that is held back for it is one cause, not two.
        found.setdefault(cause.key, cause)
    return sorted(found.values(), key=lambda cause: cause.key)


def _of_releases(store: Store, contracts: Mapping[str, Contract]) -> Iterator[AlertCause]:
    """Releases that are held back, and differences of layout in the newest release of each source."""
    newest: dict[str, tuple[Receipt, ReleaseFacts]] = {}
    for receipt in sorted(store.archive.receipts(), key=lambda r: release_sort_key(r.release)):
        if receipt.source not in contracts:
            continue
        facts = stored_facts(store, receipt.source, receipt.release)
        if facts is None:
            continue
        if facts.held_back:
            yield _held_back(receipt, facts)
        else:
            newest[receipt.source] = receipt, facts
    for receipt, facts in newest.values():
        if facts.drift:
            # Older files have older layouts; only the newest says that the publisher has changed something.
            yield _cause("drifted", receipt, " ".join(drift.message for drift in facts.drift))


def _held_back(receipt: Receipt, facts: ReleaseFacts) -> AlertCause:
    reasons = list(facts.held_back)
    kind: Kind = "held_back"
    if any(reason.startswith(_LAYOUT) for reason in reasons):
        kind = "drifted"
    elif any(reason.startswith(_IDENTITY) for reason in reasons):
        kind = "silent_overwrite"
    name = f"{receipt.source} {receipt.release}"
    return _cause(kind, receipt, f"{name} is held back. {' '.join(reasons)}")


def _cause(kind: Kind, receipt: Receipt, sentence: str) -> AlertCause:
    page = f"{links.source_page(receipt.source)}#{links.release_anchor(receipt.release)}"
    return AlertCause(kind, f"{receipt.source} {receipt.release}", sentence, report=page)


def _of_sites(store: Store, contracts: Mapping[str, Contract], today: date) -> Iterator[AlertCause]:
    """What publishers' sites did when they were asked."""
    for source, held in read_held(store.root).items():
        if source not in contracts:
            continue
        page = links.source_page(source)
        unread = [file for file in held.files.values() if file.offered and file.reason]
        for file in unread:
            where = f"{file.url}, {file.member}" if file.member else file.url
            sentence = f"{source}: the file at {where} ({file.title}) is not used. {file.reason}"
            yield AlertCause("drifted", source, sentence, file.sha256[:12], page)
        if not unread and held.trouble and held.failures >= UNREACHABLE_TIMES:
            yield AlertCause("unreachable", source, _unreachable(source, held), report=page)
        for event in held.events:
            if (today - datetime.fromisoformat(event.noticed_at).date()).days <= EVENT_DAYS:
                yield from _of_event(contracts[source], event, page)


def _unreachable(source: str, held: HeldSource) -> str:
    last = f"It answered last at {held.reached_at}." if held.reached_at else "It has never answered."
    return f"{source} could not be fetched {held.failures:,} times in a row. {held.trouble} {last}"


def _of_event(contract: Contract, event: Event, page: str) -> Iterator[AlertCause]:
    if event.kind == "withdrawn":
        title = event.title or "a file"
        yield AlertCause("withdrawal", f"{contract.source}, {title},", event.sentence, event.noticed_at, page)
    elif event.kind == "replaced" and not contract.reissues_without_notice:
        # A source that is known to issue months again does so with every archive.
        release = event.now.partition(" ")[0]
        yield AlertCause("silent_overwrite", f"{contract.source} {release}", event.sentence, report=page)


def _late(store: Store, contracts: Mapping[str, Contract], today: date) -> Iterator[AlertCause]:
    for entry in sources(store, contracts, today).sources:
        if entry.due_state not in ("out", "overdue") or not entry.due_late_days:
            continue
        synthetic = {release.release for release in entry.releases if release.synthetic}
        if entry.newest is not None and entry.newest.release in synthetic:
            continue  # nobody waits for the next edition of made-up figures
        what = entry.out if entry.due_state == "out" else entry.due_day
        yield AlertCause(
            "late", entry.source, entry.due_sentence, str(what or ""), links.source_page(entry.source)
        )
