"""Findings put together by cause.

Belongs here: joining findings by their links, and the record of each cause. Does not belong here: the links of a
finding (`links`), sentences (`sentences`), storing causes (`civic_assets.publish.read_model.causes`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from civic_assets.house_numbers.listing import CAUSES_OF_A_CHECK, SHARED_CAUSE_PROPOSALS
from civic_assets.quality.causes.audience import audience_of
from civic_assets.quality.causes.cause import SEVERITIES, Cause, CauseKind, JudgedFinding
from civic_assets.quality.causes.links import Link, by_check, links_of
from civic_assets.quality.causes.sentences import action_of, example_of, message_of
from civic_assets.tables.release_names import release_sort_key

_WIDE: frozenset[CauseKind] = frozenset({"statement", "row", "equations"})
"""Kinds of which a file that is damaged as a whole has many: beyond a number, they are one cause."""


def causes_of(findings: Iterable[JudgedFinding]) -> list[Cause]:
    """The causes of findings, the gravest first; every finding is a member of one of them.

    Args:
        findings: Findings of one release, or of all that is published.
    """
    groups = _many_of_one_check(_joined(list(findings)))
    causes = [_cause(link, members) for link, members in groups.items()]
    return sorted(
        causes,
        key=lambda one: (
            not one.asks_action,
            SEVERITIES.index(one.severity),
            one.source,
            one.releases,
            -len(one.members),
            one.cause_id,
        ),
    )


def _joined(findings: Sequence[JudgedFinding]) -> dict[Link, list[JudgedFinding]]:
    """Findings joined by their links; each group has the first of its links as its name."""
    parents: dict[Link, Link] = {}

    def root(link: Link) -> Link:
        path = []
        while parents.setdefault(link, link) != link:
            path.append(link)
            link = parents[link]
        for passed in path:
            parents[passed] = link
        return link

    linked = [(finding, sorted(links_of(finding))) for finding in findings]
    for _, links in linked:
        first = root(links[0])
        for other in map(root, links[1:]):
            # The smaller name is kept, so that the name of a group does not depend on the order of its findings.
            first, other = sorted((root(first), other))
            parents[other] = first
    groups: dict[Link, list[JudgedFinding]] = defaultdict(list)
    for finding, links in linked:
        groups[root(links[0])].append(finding)
    return groups


def _many_of_one_check(groups: Mapping[Link, list[JudgedFinding]]) -> dict[Link, list[JudgedFinding]]:
    """Groups, with those of a file that is damaged as a whole put together.

    What one check says in more than `CAUSES_OF_A_CHECK` ways of one release has one cause: nobody reads the same advice
    a hundred times, and each finding is kept as a member. Broken equations may be as many separate errors, so more of
    them are kept apart (`SHARED_CAUSE_PROPOSALS`).
    """
    families: dict[tuple[str, tuple[str, ...], str, str], list[Link]] = defaultdict(list)
    for link, members in groups.items():
        if link[0] in _WIDE:
            first = _first(members)
            families[first.source, first.releases, first.check_id, str(link[0])].append(link)
    together = dict(groups)
    for (*_, kind), links in families.items():
        if len(links) > (SHARED_CAUSE_PROPOSALS if kind == "equations" else CAUSES_OF_A_CHECK):
            members = [finding for link in links for finding in together.pop(link)]
            first = members[0]
            name: Link = (*by_check(first), *first.releases, str(links[0][0]))
            together.setdefault(name, []).extend(members)
    return together


def _first(members: Sequence[JudgedFinding]) -> JudgedFinding:
    return min(members, key=lambda one: (SEVERITIES.index(one.severity), one.check_id, one.finding_id))


def _cause(link: Link, members: Sequence[JudgedFinding]) -> Cause:
    open_ones = [one for one in members if not one.waived]
    severity = _first(open_ones or members).severity
    example = example_of(members)
    action = action_of(example)
    sources = {one.source for one in members}
    kind: CauseKind = link[0]  # type: ignore[assignment]
    ordered = [
        example,
        *sorted((one for one in members if one is not example), key=lambda one: one.finding_id),
    ]
    return Cause(
        cause_id=hashlib.sha256(repr(link).encode()).hexdigest()[:16],
        kind=kind,
        source=sources.pop() if len(sources) == 1 else "",
        releases=tuple(
            sorted({release for one in members for release in one.releases}, key=release_sort_key)
        ),
        check_ids=tuple(sorted({one.check_id for one in members})),
        severity=severity,
        asks_action=bool(open_ones) and severity != "info",
        audience=audience_of(example.check_id, action),
        action=action,
        message=message_of(kind, example, members),
        members=tuple(one.finding_id for one in ordered),
    )
