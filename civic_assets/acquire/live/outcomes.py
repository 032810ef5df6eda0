"""What follows from a round of asking: what is remembered of a source, and what is reported of it.

Belongs here: new entries of the record, and what is wrong. Does not belong here: asking (`rounds`), what publishers do
to files (`publishers_acts`), the record itself (`held`), and taking files in (`civic_assets.intake`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from civic_assets.acquire.live.asked import Requested, SourceRound, TakenFile
from civic_assets.acquire.live.decisions import Decision
from civic_assets.acquire.live.held import Event, HeldFile, HeldSource, key_of
from civic_assets.acquire.live.publishers_acts import (
    counted_by_entry,
    entries_answered,
    fewer_than_before,
    files_in_words,
    other_bytes,
    together,
    withdrawn,
)
from civic_assets.acquire.offers import Found, Offer
from civic_assets.answers.fetching import AskedSource, SourceState


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows for one source.

    Args:
        held: What is remembered from now on.
        said: What is reported of it.
    """

    held: HeldSource
    said: AskedSource


def conclude(
    before: HeldSource, round_: SourceRound, taken: Mapping[str, TakenFile], reader: str = ""
) -> Conclusion:
    """What follows from a round for one source.

    Args:
        before: What was remembered.
        round_: What was asked, and what came.
        taken: What became of the files that were fetched, by their names in the round.
        reader: What read them (`reader`).
    """
    found = round_.found
    if found is None:
        failures = before.failures + (not round_.by_machine)
        held = replace(before, asked_at=round_.asked_at, trouble=round_.trouble, failures=failures)
        return Conclusion(held, _said(round_, "not_reached", [round_.trouble], []))
    requested = {key_of(one.decision.offer): one for one in round_.requested}
    answered = entries_answered(round_, before)
    # Of an entry that was not found, and after a change of what is wanted, nothing is known of files that are not
    # there.
    files = {
        key: replace(file, offered=file.offered and file.wanted not in answered)
        for key, file in before.files.items()
    }
    problems: list[tuple[SourceState, str]] = [
        ("not_reached", f"{round_.source}: {sentence}") for sentence in found.unreached
    ]
    problems += [("not_found", sentence) for sentence in found.missing]
    if not found.offers and not problems:
        # A finder that has nothing to say of what it did not find must not pass for a publisher with nothing new.
        where = ", ".join(found.asked) or "no address"
        problems.append(("not_found", f"{round_.source}: nothing is offered that is wanted. Asked: {where}."))
    events: list[Event] = []
    for rank, decision in enumerate(round_.decisions):
        key = key_of(decision.offer)
        file = _seen(decision, before.files.get(key), rank, round_.asked_at)
        request = requested.get(key)
        if request is not None:
            file, trouble = _requested(file, request, taken.get(request.name), round_.source, reader)
            problems += trouble
            if request.path is not None:
                events += other_bytes(round_, before, before.files.get(key), file, taken[request.name])
        elif decision.action == "unchanged" and file.reason:
            problems.append(("not_taken", _not_taken(file, round_.source)))
        files[key] = file
    events = [*together(events), *withdrawn(round_, before, files, answered)]
    fewer = fewer_than_before(round_, before, answered)
    held = HeldSource(
        asked_at=round_.asked_at,
        reached_at=round_.asked_at,
        # A publication names the first of them, and a place that fails for a day must not change what it names.
        asked=before.asked if found.unreached and before.asked else found.asked,
        trouble=problems[0][1] if problems else "",
        failures=before.failures + 1 if _not_reached(round_, found) else 0,
        missing=found.missing,
        settings=round_.settings,
        found=counted_by_entry(round_),
        fewer=fewer,
        next_day=found.next_release.day.isoformat() if found.next_release and found.next_release.day else "",
        next_words=found.next_release.words if found.next_release else "",
        next_said_at=found.next_release.said_at if found.next_release else "",
        files=files,
        events=(*before.events, *events),
    )
    notes = [*found.notes, *(event.sentence for event in events)]
    notes += [
        f"{round_.source}: {files_in_words(one.now)} of {name!r} {'was' if one.now == 1 else 'were'} found; before "
        f"{one.since[:10]} there were {one.before:,}."
        for name, one in fewer.items()
    ]
    skipped = [one for one in round_.decisions if one.action == "skipped"]
    if skipped:
        notes.append(
            f"{round_.source}: {files_in_words(len(skipped))} left out, because --since asks for later ones only."
        )
    state: SourceState = problems[0][0] if problems else "answered"
    return Conclusion(held, _said(round_, state, [sentence for _, sentence in problems], notes))


def _not_reached(round_: SourceRound, found: Found) -> bool:
    """Whether the site or a file could not be reached; a full disk of this machine is not the publisher's failure."""
    return bool(found.unreached) or any(
        request.transfer is None and not request.by_machine for request in round_.requested
    )


def _said(
    round_: SourceRound, state: SourceState, problems: Sequence[str], notes: Sequence[str]
) -> AskedSource:
    return AskedSource(
        source=round_.source,
        state=state,
        offered=len(round_.decisions),
        fetched=sum(one.path is not None for one in round_.requested),
        bytes=round_.counts.bytes,
        requests=round_.counts.requests,
        not_modified=round_.counts.not_modified,
        problems=tuple(problems),
        notes=tuple(notes),
        by_machine=_by_machine(round_),
    )


def _by_machine(round_: SourceRound) -> tuple[str, ...]:
    """Sentences about what this machine could not do."""
    whole = [round_.trouble] if round_.by_machine else []
    return (*whole, *(one.trouble for one in round_.requested if one.transfer is None and one.by_machine))


def _seen(decision: Decision, before: HeldFile | None, rank: int, now: str) -> HeldFile:
    """The entry of a file that is offered, before anything that was fetched now."""
    offer = decision.offer
    known = before or HeldFile(offer.wanted, offer.title, offer.url)
    if decision.same is not None:
        same = decision.same
        known = replace(
            known, sha256=same.sha256, size=same.size, fetched_at=same.fetched_at, releases=same.releases,
            crc32=same.crc32, md5=same.md5, etag=same.etag, version=offer.version, reason="", read_by="",
        )  # fmt: skip
    elif decision.action == "unchanged":
        known = replace(known, version=offer.version)
    # A file that came and was another one than was wanted is still to come.
    waits = decision.action in ("new", "changed", "skipped") or bool(known.reason)
    return replace(
        known,
        waiting_since=(known.waiting_since or now) if waits else "",
        wanted=offer.wanted,
        title=offer.title,
        url=offer.url,
        member=offer.member or "",
        edition=offer.edition,
        found_at=offer.found_at,
        published=_utc(offer),
        first_seen=known.first_seen or now,
        last_seen=now,
        offered=True,
        rank=rank,
    )


def _utc(offer: Offer) -> str:
    return offer.published.isoformat(timespec="seconds").replace("+00:00", "Z") if offer.published else ""


def _requested(
    file: HeldFile, request: Requested, became: TakenFile | None, source: str, reader: str
) -> tuple[HeldFile, list[tuple[SourceState, str]]]:
    """The entry of a file that was requested, and what is wrong."""
    transfer, offer = request.transfer, request.decision.offer
    if transfer is None:
        return file, [("not_reached", request.trouble)]
    confirmed = transfer.ended.isoformat(timespec="seconds").replace("+00:00", "Z")
    if transfer.path is None:
        file = replace(
            file,
            confirmed_at=confirmed,
            waiting_since=file.waiting_since if file.reason else "",
            version=offer.version,
            etag=transfer.validators.etag or file.etag,
            last_modified=transfer.validators.last_modified or file.last_modified,
        )
        return file, [("not_taken", _not_taken(file, source))] if file.reason else []
    assert became is not None, f"{request.name} was fetched and not taken in"
    wrong = "" if source in became.releases else became.reason or _of_another(request.name, source, became)
    file = replace(
        file,
        waiting_since=file.waiting_since if wrong else "",
        version=offer.version,
        etag=transfer.validators.etag,
        last_modified=transfer.validators.last_modified,
        crc32=offer.crc32,
        md5=offer.md5,
        sha256=transfer.sha256,
        size=transfer.size,
        fetched_at=confirmed,
        confirmed_at=confirmed,
        releases=dict(became.releases),
        reason=wrong,
        read_by=reader if wrong else "",
    )
    return file, [("not_taken", _not_taken(file, source))] if wrong else []


def _of_another(name: str, source: str, became: TakenFile) -> str:
    others = " and ".join(sorted(became.releases))
    return f"{name} is a release of {others}, and not of {source}."


def _not_taken(file: HeldFile, source: str) -> str:
    where = f"{file.url}, {file.member}" if file.member else file.url
    return f"{source}: the file at {where} ({file.title}) is not used. {file.reason}"
