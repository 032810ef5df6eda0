"""What is offered now compared with what was offered last time.

Belongs here: noticing that a site offers less. Does not belong here: keeping what was offered (`held`), and what to do
about a file that has changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from civic_assets.acquire.finders.trail import there_are
from civic_assets.acquire.offers import Found, Offer


def fewer_than_before(before: Iterable[Offer], now: Found) -> tuple[str, ...]:
    """A sentence for each entry of a contract for which fewer files are offered than last time.

    A window that moves on, such as the months of an archive, loses as many files as it gains, and is not reported.

    Args:
        before: Offers of the last time, for the same setting of areas.
        now: What was found this time.
    """
    earlier = list(before)
    sentences = []
    for wanted in dict.fromkeys(offer.wanted for offer in earlier):
        were = [offer for offer in earlier if offer.wanted == wanted]
        are = [offer for offer in now.offers if offer.wanted == wanted]
        if len(are) >= len(were):
            continue
        places = {(offer.edition, offer.member or offer.title) for offer in are}
        gone = [offer for offer in were if (offer.edition, offer.member or offer.title) not in places]
        where = were[0].found_at
        sentences.append(
            f"{now.source}: {_files(len(were))} offered for the entry {wanted!r} last time, now {len(are) or 'none'}, "
            f"at {where}. What is held stays. {_no_longer(gone)}"
        )
    return tuple(sentences)


def _files(number: int) -> str:
    return "One file was" if number == 1 else f"{number} files were"


def _no_longer(gone: list[Offer]) -> str:
    if not gone:
        return "The others have new titles."
    return there_are(offer.member or offer.title for offer in gone).replace(
        "There are", "No longer offered", 1
    )
