"""What follows from a round of asking: what is remembered of a source, and what is said about it.

Belongs here: new entries of the record, files that were replaced, reissued or withdrawn, and fewer files than before.
Does not belong here: asking (`rounds`), the record itself (`held`), and taking files in (`civic_assets.intake`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from civic_assets.acquire.live.asked import Requested, SourceRound
from civic_assets.acquire.live.decisions import Decision
from civic_assets.acquire.live.held import Event, Fewer, HeldFile, HeldSource, key_of
from civic_assets.acquire.offers import Offer
from civic_assets.answers.fetching import AskedSource, SourceState
from civic_assets.tables.release_names import edition_of, is_unknown, issue_of


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What became of a file that was fetched.

    Args:
        releases: The release that it is, by source.
        new: The sources for which the archive did not have these bytes.
        reason: Why it is not a release, or nearly one; empty otherwise.
    """

    releases: Mapping[str, str]
    new: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows for one source.

    Args:
        held: What is remembered from now on.
        said: What is said about it.
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
        held = replace(before, asked_at=round_.asked_at, trouble=round_.trouble, failures=before.failures + 1)
        return Conclusion(held, _said(round_, "not_reached", [round_.trouble], []))
    requested = {key_of(one.decision.offer): one for one in round_.requested}
    answered = _entries_answered(round_, before)
    # Of an entry that was not found, and after a change of what is wanted, nothing is known of files that are not
    # there.
    files = {
        key: replace(file, offered=file.offered and file.wanted not in answered)
        for key, file in before.files.items()
    }
    problems: list[tuple[SourceState, str]] = [("not_reached", sentence) for sentence in found.unreached]
    problems += [("not_found", sentence) for sentence in found.missing]
    events: list[Event] = []
    for rank, decision in enumerate(round_.decisions):
        key = key_of(decision.offer)
        file = _seen(decision, before.files.get(key), rank, round_.asked_at)
        request = requested.get(key)
        if request is not None:
            file, trouble = _requested(file, request, taken.get(request.name), round_.source, reader)
            problems += trouble
            if request.path is not None:
                events += _other_bytes(round_, before, before.files.get(key), file, taken[request.name])
        elif decision.action == "unchanged" and file.reason:
            problems.append(("not_taken", _not_taken(file, round_.source)))
        files[key] = file
    events = [*_together(events), *_withdrawn(round_, before, files, answered)]
    fewer = _fewer(round_, before, answered)
    held = HeldSource(
        asked_at=round_.asked_at,
        reached_at=round_.asked_at,
        asked=found.asked,
        trouble=problems[0][1] if problems else "",
        failures=before.failures + 1 if any(state == "not_reached" for state, _ in problems) else 0,
        settings=round_.settings,
        found=_counted(round_),
        fewer=fewer,
        next_day=found.next_release.day.isoformat() if found.next_release and found.next_release.day else "",
        next_words=found.next_release.words if found.next_release else "",
        next_said_at=found.next_release.said_at if found.next_release else "",
        files=files,
        events=(*before.events, *events),
    )
    notes = [*found.notes, *(event.sentence for event in events)]
    notes += [
        f"{round_.source}: {_files(one.now)} of {name!r} {'was' if one.now == 1 else 'were'} found; before "
        f"{one.since[:10]} there were {one.before:,}."
        for name, one in fewer.items()
    ]
    skipped = [one for one in round_.decisions if one.action == "skipped"]
    if skipped:
        notes.append(
            f"{round_.source}: {_files(len(skipped))} left out, because --since asks for later ones only."
        )
    state: SourceState = problems[0][0] if problems else "answered"
    return Conclusion(held, _said(round_, state, [sentence for _, sentence in problems], notes))


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
    )


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
    waits = decision.action in ("new", "changed", "skipped")
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
    if transfer.path is None:
        file = replace(
            file,
            waiting_since="",
            version=offer.version,
            etag=transfer.validators.etag or file.etag,
            last_modified=transfer.validators.last_modified or file.last_modified,
        )
        return file, [("not_taken", _not_taken(file, source))] if file.reason else []
    assert became is not None, f"{request.name} was fetched and not taken in"
    wrong = "" if source in became.releases else became.reason or _of_another(request.name, source, became)
    file = replace(
        file,
        waiting_since="",
        version=offer.version,
        etag=transfer.validators.etag,
        last_modified=transfer.validators.last_modified,
        crc32=offer.crc32,
        md5=offer.md5,
        sha256=transfer.sha256,
        size=transfer.size,
        fetched_at=transfer.ended.isoformat(timespec="seconds").replace("+00:00", "Z"),
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


def _other_bytes(
    round_: SourceRound, before: HeldSource, held: HeldFile | None, file: HeldFile, became: TakenFile
) -> Iterator[Event]:
    """The event of a file with other bytes for an edition that was received before, if it is one."""
    source = round_.source
    release = became.releases.get(source)
    if release is None or source not in became.new or is_unknown(release) or issue_of(release) == 1:
        return
    earlier = held.releases.get(source) if held is not None else None
    if held is not None and earlier is not None and edition_of(earlier) == edition_of(release):
        yield _event("replaced", round_, file, held, earlier, release)
        return
    same = [
        one
        for one in before.files.values()
        if source in one.releases and edition_of(one.releases[source]) == edition_of(release)
    ]
    if same:
        last = max(same, key=lambda one: one.fetched_at)
        yield _event("reissued", round_, file, last, last.releases[source], release)


def _event(
    kind: str, round_: SourceRound, file: HeldFile, held: HeldFile, earlier: str, release: str
) -> Event:
    where = f"{file.url}, {file.member}" if file.member else file.url
    how = (
        f"the publisher replaced the file at {where}"
        if kind == "replaced"
        else f"the publisher issued {edition_of(release)} again, at {where}"
    )
    return Event(
        kind=kind,
        noticed_at=round_.asked_at,
        title=file.title,
        url=file.url,
        before=f"{earlier} {held.sha256}",
        now=f"{release} {file.sha256}",
        sentence=f"{round_.source}: {how}. It is release {release}; the bytes of {earlier} are kept.",
    )


def _together(events: Sequence[Event]) -> list[Event]:
    """Events of one round; replaced members of an archive, of which there may be hundreds, are one event."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        groups.setdefault((event.kind, event.url), []).append(event)
    joined = []
    for group in groups.values():
        first = group[0]
        if len(group) > 1:
            more = f"{first.sentence} {_files(len(group) - 1)} more at this address changed in the same way."
            first = replace(first, sentence=more)
        joined.append(first)
    return joined


def _counted(round_: SourceRound) -> dict[str, int]:
    counts: dict[str, int] = {}
    for decision in round_.decisions:
        counts[decision.offer.wanted] = counts.get(decision.offer.wanted, 0) + 1
    return counts


def _entries_answered(round_: SourceRound, before: HeldSource) -> set[str]:
    """Entries of the contract of which it is known that files that are not there are not offered."""
    assert round_.found is not None
    if before.settings != round_.settings:
        return set()
    found = set(_counted(round_))
    return found if round_.found.missing or round_.found.unreached else found | set(before.found)


def _withdrawn(
    round_: SourceRound, before: HeldSource, files: Mapping[str, HeldFile], answered: Collection[str]
) -> Iterator[Event]:
    """Files that are no longer offered, with nothing in their place.

    A file that makes way for a newer one is not withdrawn: the only file of its kind, or the oldest of a window that
    moves on. One that disappears from the middle of a list is.
    """
    assert round_.found is not None
    for sentence in round_.found.withdrawn:
        if all(event.sentence != sentence for event in before.events):
            yield Event("withdrawn", round_.asked_at, "", "", "", "", sentence)
    for wanted in sorted(answered):
        mine = {key: file for key, file in before.files.items() if file.wanted == wanted and file.offered}
        gone = [key for key in mine if not files[key].offered]
        appeared = [
            key for key, file in files.items() if file.wanted == wanted and file.offered and key not in mine
        ]
        last = max((file.rank for key, file in mine.items() if files[key].offered), default=-1)
        fewer = len(appeared) < len(gone)
        lost = [mine[key] for key in gone if fewer or mine[key].rank < last]
        if lost:
            yield _withdrawal(round_, wanted, lost)


def _withdrawal(round_: SourceRound, wanted: str, lost: Sequence[HeldFile]) -> Event:
    first = min(lost, key=lambda file: file.rank)
    edition = f", {first.edition}" if first.edition else ""
    more = f" and {_files(len(lost) - 1)} more" if len(lost) > 1 else ""
    held = [file for file in lost if file.releases]
    kept = (
        " What was received is kept."
        if len(held) == len(lost)
        else " It was never received."
        if not held and len(lost) == 1
        else " What was received of them is kept."
    )
    release = first.releases.get(round_.source, "")
    return Event(
        kind="withdrawn",
        noticed_at=round_.asked_at,
        title=first.title,
        url=first.url,
        before=f"{release} {first.sha256}".strip(),
        now="",
        sentence=f"{round_.source}: the publisher no longer offers {first.title!r} ({wanted}{edition}){more}.{kept}",
    )


def _fewer(round_: SourceRound, before: HeldSource, answered: Collection[str]) -> dict[str, Fewer]:
    """Entries for which fewer files are found than before, until as many are found again or other ones are wanted."""
    now, fewer = _counted(round_), {}
    for wanted, number in before.found.items():
        if wanted not in answered:
            continue
        known = before.fewer.get(wanted)
        most = max(number, known.before if known else 0)
        if now.get(wanted, 0) < most:
            fewer[wanted] = Fewer(known.since if known else round_.asked_at, most, now.get(wanted, 0))
    return fewer


def _files(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}"
