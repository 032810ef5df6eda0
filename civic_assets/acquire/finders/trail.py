"""What every finder does: ask, keep the trail of addresses, recognise answers that are errors, and collect offers.

Belongs here: reading an answer with distrust. Does not belong here: any publisher's layout.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from civic_assets.acquire.asking import Asks, Document, NotObtained
from civic_assets.acquire.offers import Found, NextRelease, Offer
from civic_assets.contracts.acquisition import Acquisition, Wanted
from civic_assets.house_numbers.discovery import NAME_LENGTH, TITLES_SHOWN, WORDS_SHOWN

_LONDON = ZoneInfo("Europe/London")
GONE = frozenset((404, 410))
"""Status codes of an address that the publisher does not have (any more)."""


class Trail:
    """The requests of one finder for one source, and what they have brought to light.

    Args:
        source: Id of the source.
        place: Where the contract says that its files are.
        ask: Client that is bound to the source.
    """

    def __init__(self, source: str, place: Acquisition, ask: Asks) -> None:
        self.source, self.place, self.ask = source, place, ask
        self.asked: list[str] = []
        self.offers: list[Offer] = []
        self.missing: list[str] = []
        self.withdrawn: list[str] = []
        self.notes: list[str] = []
        self.next_release: NextRelease | None = None

    def read(
        self, url: str, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Document:
        """Ask for a small document and keep its address.

        Raises:
            NotObtained: There is no sound answer, or its body is empty.
        """
        document = self.ask.read(url, params=params, found_at=found_at)
        self.asked.append(document.asked)
        if not document.body.strip():
            raise NotObtained(
                f"{document.asked}: the answer is empty although its status is {document.status}. Try again later.",
                url=document.asked,
                kind="wrong_content",
                status=document.status,
            )
        return document

    def json(self, url: str, params: Mapping[str, str] | None = None, found_at: str | None = None) -> Any:
        """Ask for JSON.

        Raises:
            NotObtained: There is no sound answer, it is not JSON, or it is an error in spite of its status.
        """
        document = self.read(url, params, found_at)
        answer = document.json()
        refuse_error(answer, document)
        return answer

    def mapping(
        self, url: str, params: Mapping[str, str] | None = None, found_at: str | None = None
    ) -> Mapping[str, Any]:
        """Ask for a JSON object.

        Raises:
            NotObtained: The answer is something else.
        """
        answer = self.json(url, params, found_at)
        if not isinstance(answer, Mapping):
            raise unexpected(self.asked[-1], "an object", answer)
        return answer

    def offer(self, offer: Offer) -> None:
        """Add a file, unless another entry of the contract has it already or its host may not be asked."""
        host = urlsplit(offer.url).hostname or ""
        if host not in self.place.hosts:
            self.missing.append(
                f"{self.source}: {offer.title!r} is offered at {host}, which is not one of the hosts of the contract "
                f"({', '.join(self.place.hosts)}). If the publisher has moved its files there, add the host to "
                "`acquisition` in the contract."
            )
            return
        if not any((one.url, one.member) == (offer.url, offer.member) for one in self.offers):
            self.offers.append(replace(offer, file_name=plain_name(offer.file_name)))

    def not_found(self, wanted: Wanted, where: str, seen: Iterable[str] = ()) -> None:
        """Say that an entry of the contract was not found: what was looked for, where, and what was there instead.

        Args:
            wanted: The entry.
            where: Address of the page or document that was searched.
            seen: Titles or names that are there.
        """
        told = self.notes if wanted.may_be_absent else self.missing
        told.append(
            f"{self.source}: nothing fits the entry {wanted.name!r} of its contract, which asks for "
            f"{wanted.described}, at {where}. {there_are(seen)}"
        )

    def found(self) -> Found:
        """Everything that was found, newest first."""
        return Found(
            source=self.source,
            offers=tuple(newest_first(self.offers)),
            missing=tuple(self.missing),
            asked=tuple(self.asked),
            next_release=self.next_release,
            withdrawn=tuple(self.withdrawn),
            notes=tuple(self.notes),
        )


def there_are(seen: Iterable[str]) -> str:
    """What is there, as a sentence that names the first of them."""
    names = list(dict.fromkeys(seen))
    if not names:
        return "Nothing is offered there."
    more = f" and {len(names) - TITLES_SHOWN} more" if len(names) > TITLES_SHOWN else ""
    return "There are: " + "; ".join(f"{name!r:.{WORDS_SHOWN}}" for name in names[:TITLES_SHOWN]) + more + "."


def refuse_error(answer: Any, document: Document) -> None:
    """Refuse an answer that is an error in spite of its status.

    Raises:
        NotObtained: It is `{"error": ...}`, or a list of errors.
    """
    if not isinstance(answer, Mapping):
        return
    error = answer.get("error") or answer.get("errors")
    if not error:
        return
    said = str(error)
    if isinstance(error, Mapping):
        said = str(error.get("message") or error.get("detail") or error)
    raise NotObtained(
        f"{document.asked}: the publisher answers with status {document.status} and an error: {said:.{WORDS_SHOWN}}. "
        "Try again later; if it stays so, the request no longer fits the publisher's interface.",
        url=document.asked,
        kind="error_object",
        status=document.status,
    )


def unexpected(url: str, expected: str, answer: Any) -> NotObtained:
    """The error of an answer that has another shape than the publisher's interface had so far.

    Args:
        url: Address that was asked.
        expected: What was expected, e.g. `a list of resources`.
        answer: What came.
    """
    what = "nothing" if answer in (None, [], {}) else f"{type(answer).__name__}: {answer!s:.80}"
    return NotObtained(
        f"{url}: expected {expected}, found {what}. Try again later; if it stays so, the publisher has changed this "
        "interface, and the finder has to follow.",
        url=url,
        kind="wrong_content",
    )


def text(value: Any) -> str:
    """A text of a publisher's answer without surplus space; empty for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def entries(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list of a publisher's answer; none for anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def moment(value: Any) -> datetime | None:
    """A moment as publishers write it (ISO 8601), in UTC, the default of its time zone; None for other text."""
    if not isinstance(value, str):
        return None
    try:
        # Nomis and the London Datastore write a space or seven decimals, which Python 3.11 reads as well.
        read = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", value.strip()))
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def whole(value: Any) -> int | None:
    """A number of bytes or rows, if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if number >= 0 else None


def file_name_of(url: str, fallback: str = "file") -> str:
    """The name under which an address offers its file, decoded; without any folder."""
    return posixpath.basename(unquote(urlsplit(url).path).rstrip("/")) or fallback


def plain_name(name: str) -> str:
    """A publisher's file name as it may be used here: one name without a folder, not hidden, that fits a disk."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f]", "", last).strip().lstrip(".")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:NAME_LENGTH]}{dot}{ending[:10]}" if dot else clean[:NAME_LENGTH] or "file"


def newest_first(offers: Iterable[Offer]) -> list[Offer]:
    """Offers in the order of their publication, the newest first; those without a day come last."""
    first = datetime.min.replace(tzinfo=UTC)
    return sorted(offers, key=lambda one: one.published or first, reverse=True)


def not_before(offer: Offer, since: date) -> bool:
    """Whether an offer was published on a day in London or later, or states no time."""
    return offer.published is None or offer.published.astimezone(_LONDON).date() >= since


def current_and_since(offers: Sequence[Offer], since: date | None) -> list[Offer]:
    """The newest of some offers for one entry and, if `since` is given, those that were published since then.

    Args:
        offers: Offers for one entry of a contract, in any order. If all state an edition that begins with a year, the
            edition says which is the newest, else the time of publication.
        since: First day that counts.
    """
    ordered = newest_first(offers)
    if all(re.match(r"[0-9]{4}-[0-9]{2}", one.edition) for one in ordered):
        ordered.sort(key=lambda one: one.edition, reverse=True)
    if since is None:
        return ordered[:1]
    kept = [one for one in ordered if not_before(one, since)]
    # What is current is wanted even if it is older than that day.
    return kept or ordered[:1]
