"""What to do with each file that is offered: fetch it, ask whether it has changed, or leave it; and why.

Belongs here: the decision, from an offer and what is held. Does not belong here: requests (`rounds`), and what becomes
of a file that was fetched (`outcomes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from civic_assets.acquire.asking import Validators
from civic_assets.acquire.live.held import HeldFile, HeldSource, key_of
from civic_assets.acquire.offers import Offer
from civic_assets.answers.fetching import FileAction
from civic_assets.house_numbers.fetching import CONFIRMED_DAYS

if TYPE_CHECKING:
    from civic_assets.archive import Receipt

LONDON = ZoneInfo("Europe/London")
FETCHES: frozenset[FileAction] = frozenset(("new", "changed", "ask", "again"))
"""Actions for which the file is requested."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one offer.

    Args:
        offer: The offer.
        action: `new`: fetch it. `changed`: fetch it, the publisher says that it changed. `ask`: ask whether it changed.
            `again`: fetch it although its bytes may be known. `unchanged`: leave it. `same_bytes`: leave it, its bytes
            are held under another name. `skipped`: leave it, it is older than the day that was asked for.
        why: Sentence that says why.
        known: For a conditional request.
        held: What is held under the same key, if anything.
        same: The release by source that the same bytes became, for `same_bytes`.
        elsewhere: What another source received from the same address later, if `known` is of that: an answer that it is
            as it was brings its bytes.
    """

    offer: Offer
    action: FileAction
    why: str
    known: Validators | None = None
    held: HeldFile | None = None
    same: HeldFile | None = None
    elsewhere: HeldFile | None = None

    @property
    def fetches(self) -> bool:
        """Whether the file is requested."""
        return self.action in FETCHES


@dataclass(frozen=True)
class Known:
    """Everything that decisions about one source depend on besides the offers.

    Args:
        source: What is remembered of the source.
        receipts: Gives the receipts of the archive of this source; reading them takes time, and few decisions need it.
        blobs: Hashes and sizes of the files that the archive holds.
        reader: Gives what would read a file now (`civic_assets.intake.recognition_cache.reader_of`).
        now: The time, ISO 8601 in UTC.
        elsewhere: What other sources received last, by address.
    """

    source: HeldSource
    receipts: Callable[[], Sequence[Receipt]]
    blobs: Mapping[str, int]
    reader: Callable[[], str]
    now: str
    elsewhere: Mapping[str, HeldFile] = field(default_factory=dict)

    def confirmed(self, file: HeldFile) -> bool:
        """Whether the publisher has lately sent the bytes of a file, or said that they are as they were."""
        if not file.confirmed_at:
            return False
        age = datetime.fromisoformat(self.now) - datetime.fromisoformat(file.confirmed_at)
        return age < timedelta(days=CONFIRMED_DAYS)

    def holds(self, file: HeldFile) -> bool:
        """Whether the archive has the bytes of a file that became a release."""
        return self.blobs.get(file.sha256) == file.size


def decide(offers: Iterable[Offer], known: Known, since: date | None = None) -> list[Decision]:
    """What to do with each offer of a source.

    Args:
        offers: The offers, each key once.
        known: What is held.
        since: Leave what was put out before this day (in London); an offer without a day is not left.
    """
    by_crc = {(f.crc32, f.size): f for f in known.source.files.values() if f.crc32 is not None and f.releases}
    by_md5 = {(f.md5, f.size): f for f in known.source.files.values() if f.md5 and f.releases}
    decisions = []
    for offer in offers:
        decision = (
            _of_held(offer, known) or _same_bytes(offer, known, by_crc, by_md5) or _unheld(offer, known)
        )
        decisions.append(_not_older(_with_those_of_others(decision, known), since))
    return decisions


def received_by_others(source: str, held: Mapping[str, HeldSource]) -> dict[str, HeldFile]:
    """What other sources received last, by address: one workbook may be wanted by several, each in its own run.

    Args:
        source: The source that is asked now.
        held: What is remembered of all sources.
    """
    files = [
        file
        for name, one in held.items()
        if name != source
        for file in one.files.values()
        if file.sha256 and file.etag and not file.member
    ]
    return {file.url: file for file in sorted(files, key=lambda file: file.fetched_at)}


def _with_those_of_others(decision: Decision, known: Known) -> Decision:
    """Asks whether the file is what another source received later, rather than what this one holds."""
    held, other = decision.held, known.elsewhere.get(decision.offer.url)
    if decision.known is None or held is None or other is None or not known.holds(other):
        return decision
    if other.sha256 == held.sha256 or other.fetched_at <= held.fetched_at:
        return decision
    return replace(decision, known=Validators(other.etag, other.last_modified), elsewhere=other)


def _of_held(offer: Offer, known: Known) -> Decision | None:
    """The decision on a file that was fetched before; None if it was not."""
    held = known.source.files.get(key_of(offer))
    if held is None or not held.sha256:
        return None
    if not held.releases:
        if held.read_by != known.reader():
            why = (
                "it was fetched before and could not be used; the program or the contracts have changed since"
            )
            return Decision(offer, "again", why, held=held)
    elif not known.holds(held):
        why = "its bytes are no longer in the archive"
        return Decision(offer, "again", why, held=held)
    validators = Validators(held.etag, held.last_modified)
    conditional = validators if (held.etag or held.last_modified) and offer.way == "file" else None
    if offer.version is not None and offer.version == held.version and _as_offered(offer, held):
        # A hash of the bytes needs no confirmation; anything else may stay as it was although they changed.
        if conditional is not None and not offer.md5 and not known.confirmed(held):
            why = "the publisher says that it is as it was; now and then the file itself is asked for"
            return Decision(offer, "ask", why, conditional, held)
        return Decision(
            offer, "unchanged", f"the publisher says that it is as it was ({_version(offer)})", held=held
        )
    if offer.crc32 is not None and (offer.crc32, offer.size) == (held.crc32, held.size):
        return Decision(offer, "unchanged", "its checksum and size are as they were", held=held)
    if offer.version is not None and held.version is not None and offer.version != held.version:
        why = f"the publisher says that it has changed ({held.version} became {offer.version})"
        return Decision(offer, "changed", why, conditional, held)
    if conditional is None:
        why = "nothing that the publisher says shows whether it has changed"
        return Decision(offer, "again", why, held=held)
    return Decision(offer, "ask", "the publisher can say whether it has changed", conditional, held)


def _as_offered(offer: Offer, held: HeldFile) -> bool:
    """Whether what came was what is offered: it became a release, or has the size that the publisher states.

    Something else with status 200 (a list, another file) says nothing of the file, and is asked for again.
    """
    return bool(held.releases) or (offer.size is not None and offer.size == held.size)


def _same_bytes(
    offer: Offer,
    known: Known,
    by_crc: Mapping[tuple[int, int], HeldFile],
    by_md5: Mapping[tuple[str, int], HeldFile],
) -> Decision | None:
    """The decision on a file whose bytes came under another name; None if that is not known."""
    if offer.size is None:
        return None
    same = by_crc.get((offer.crc32, offer.size)) if offer.crc32 is not None else None
    if same is None and offer.md5:
        same = by_md5.get((offer.md5, offer.size))
    if same is None or not known.holds(same):
        return None
    named = ", ".join(f"{source} {release}" for source, release in same.releases.items())
    return Decision(offer, "same_bytes", f"the same bytes are held as {named}", same=same)


def _unheld(offer: Offer, known: Known) -> Decision:
    """The decision on a file that is not remembered; its receipt may be there (`offers.json` was lost)."""
    receipt = next(
        (
            one
            for one in reversed(known.receipts() if offer.way == "file" else ())
            if one.url == offer.url and one.etag and known.blobs.get(one.sha256) == one.size
        ),
        None,
    )
    if receipt is not None:
        why = f"it was received before as {receipt.source} {receipt.release}; the publisher can say whether it changed"
        return Decision(offer, "ask", why, Validators(etag=receipt.etag), same=_as_held(receipt, offer))
    return Decision(offer, "new", "it is not held")


def _as_held(receipt: Receipt, offer: Offer) -> HeldFile:
    return HeldFile(
        wanted=offer.wanted,
        title=offer.title,
        url=offer.url,
        etag=receipt.etag,
        sha256=receipt.sha256,
        size=receipt.size,
        fetched_at=receipt.retrieved_at,
        releases={receipt.source: receipt.release},
    )


def _not_older(decision: Decision, since: date | None) -> Decision:
    published = decision.offer.published
    if since is None or published is None or not decision.fetches:
        return decision
    day = published.astimezone(LONDON).date()
    if day >= since:
        return decision
    from civic_assets.values.period_words import spoken_day

    why = f"it was put out on {spoken_day(day)}, before {spoken_day(since)}"
    return Decision(decision.offer, "skipped", why, held=decision.held)


def _version(offer: Offer) -> str:
    text = str(offer.version)
    return text if len(text) <= 40 else f"{text[:12]}..."
