"""What publishers do to files: replace them, issue an edition again, withdraw them, or offer fewer than before.

Belongs here: noticing it, from what was remembered and what a round brought, and its sentence. Does not belong here:
what becomes of a file that was fetched (`outcomes`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from civic_assets.acquire.live.asked import SourceRound, TakenFile
from civic_assets.acquire.live.held import Event, Fewer, HeldFile, HeldSource
from civic_assets.tables.release_names import edition_of, is_unknown, issue_of


def other_bytes(
    round_: SourceRound, before: HeldSource, held: HeldFile | None, file: HeldFile, became: TakenFile
) -> Iterator[Event]:
    """The event of a file with other bytes for an edition that was received before, if it is one."""
    source = round_.source
    release = became.releases.get(source)
    if release is None or is_unknown(release) or issue_of(release) == 1:
        return
    earlier = held.releases.get(source) if held is not None else None
    new = source in became.new
    if held is not None and earlier is not None and edition_of(earlier) == edition_of(release):
        # Not new, but later than what is remembered: it came when another source asked for the same workbook.
        if not new and issue_of(release) <= issue_of(earlier):
            return
        yield _event("replaced", round_, file, held, earlier, release)
        return
    same = [
        one
        for one in before.files.values()
        if source in one.releases and edition_of(one.releases[source]) == edition_of(release)
    ]
    if same and new:
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


def together(events: Sequence[Event]) -> list[Event]:
    """Events of one round; replaced members of an archive, of which there may be hundreds, are one event."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        groups.setdefault((event.kind, event.url), []).append(event)
    joined = []
    for group in groups.values():
        first = group[0]
        if len(group) > 1:
            more = f"{first.sentence} {files_in_words(len(group) - 1)} more at this address changed in the same way."
            first = replace(first, sentence=more)
        joined.append(first)
    return joined


def counted_by_entry(round_: SourceRound) -> dict[str, int]:
    """Number of files that are offered, by entry of the contract."""
    counts: dict[str, int] = {}
    for decision in round_.decisions:
        counts[decision.offer.wanted] = counts.get(decision.offer.wanted, 0) + 1
    return counts


def entries_answered(round_: SourceRound, before: HeldSource) -> set[str]:
    """Entries of the contract of which it is known that files that are not there are not offered."""
    assert round_.found is not None
    if before.settings != round_.settings:
        return set()
    found = set(counted_by_entry(round_))
    return found if round_.found.missing or round_.found.unreached else found | set(before.found)


def withdrawn(
    round_: SourceRound, before: HeldSource, files: Mapping[str, HeldFile], answered: Collection[str]
) -> Iterator[Event]:
    """Files that are no longer offered, with nothing in their place.

    A file that makes way for a newer one is not withdrawn: the only file of its kind, the oldest of a window that
    moves on, or one whose title, edition or release another file has now, such as a correction under another name.
    One that disappears from the middle of a list is.
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
        for takes_place in (_has_title_of, _has_edition_of, _is_release_of):
            for key in list(gone):
                after = next(
                    (one for one in appeared if takes_place(round_.source, files[one], mine[key])), None
                )
                if after is not None:
                    gone.remove(key)
                    appeared.remove(after)
        last = max((file.rank for key, file in mine.items() if files[key].offered), default=-1)
        fewer = len(appeared) < len(gone)
        lost = [mine[key] for key in gone if fewer or mine[key].rank < last]
        if lost:
            yield _withdrawal(round_, wanted, lost)


def _has_title_of(_source: str, new: HeldFile, old: HeldFile) -> bool:
    return bool(old.title) and old.title == new.title


def _has_edition_of(_source: str, new: HeldFile, old: HeldFile) -> bool:
    """Whether a file is of the same edition, as the publisher calls it, on the same page or list."""
    return bool(old.edition) and (old.edition, old.found_at) == (new.edition, new.found_at)


def _is_release_of(source: str, new: HeldFile, old: HeldFile) -> bool:
    """Whether the content of a file is an issue of the same edition."""
    before, now = old.releases.get(source), new.releases.get(source)
    return before is not None and now is not None and edition_of(before) == edition_of(now)


def _withdrawal(round_: SourceRound, wanted: str, lost: Sequence[HeldFile]) -> Event:
    first = min(lost, key=lambda file: file.rank)
    edition = f", {first.edition}" if first.edition else ""
    more = f" and {files_in_words(len(lost) - 1)} more" if len(lost) > 1 else ""
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


def fewer_than_before(round_: SourceRound, before: HeldSource, answered: Collection[str]) -> dict[str, Fewer]:
    """Entries for which fewer files are found than before, until as many are found again or other ones are wanted."""
    now, fewer = counted_by_entry(round_), {}
    for wanted, number in before.found.items():
        if wanted not in answered:
            continue
        known = before.fewer.get(wanted)
        most = max(number, known.before if known else 0)
        if now.get(wanted, 0) < most:
            fewer[wanted] = Fewer(known.since if known else round_.asked_at, most, now.get(wanted, 0))
    return fewer


def files_in_words(number: int) -> str:
    """A number of files in words, such as `1 file`."""
    return f"{number:,} file{'' if number == 1 else 's'}"
