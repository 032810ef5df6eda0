"""What a refresh did, as the command prints it.

Belongs here: the summary, from which the printed text and the JSON answer are made, and keeping it as a document.
Does not belong here: the work (`civic_assets.refresh`), the JSON answer (`refresh`), and printing
(`civic_assets.cli.refresh`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from civic_assets.answers.cause import FileNotRead, FoundCause
from civic_assets.answers.document import Json, as_document
from civic_assets.answers.fetching import Fetching
from civic_assets.answers.refresh import RefreshedRelease, RefreshSummary, UnbuiltRelease


@dataclass(frozen=True, slots=True)
class DisputedFigure:
    """A figure that is published as printed, and that a check found wrong.

    Args:
        source, release: The release that prints it.
        locator: Its cell.
        what: Its measure, in words.
        check_id: The check that disputes it.
        sentence: All of this in a sentence, with the proposed value and any correction by decision.
    """

    source: str
    release: str
    locator: str
    what: str
    check_id: str
    sentence: str


@dataclass(frozen=True)
class Summary:
    """Result of a refresh.

    Args:
        publication: Hash of the current publication; None if nothing was ever published.
        published_now: Whether this refresh made it.
        releases: One entry for each release.
        disputed: Disputed figures.
        ignored, refused: Names of files that are not releases, with the reason.
        errors: Sentences about steps that failed.
        tracebacks: Tracebacks of unexpected errors, each under a line that names its subject; not in the JSON.
        report: First page of the site; None if nothing was ever published.
        samples_left_out: `source release` of each synthetic sample that was left out because publishers' files arrived.
        causes: Causes of all findings, those that ask for action first.
        fetching: What was asked of publishers; None unless the profile is `live`.
        alerts_not_sent: A sentence for each way of sending alerts that failed.
    """

    profile: str
    store: str
    publication: str | None
    published_now: bool
    releases: Sequence[RefreshedRelease | UnbuiltRelease]
    disputed: Sequence[DisputedFigure]
    ignored: Sequence[FileNotRead]
    refused: Sequence[FileNotRead]
    errors: Sequence[str] = field(default_factory=list)
    report: str | None = None
    tracebacks: Sequence[str] = field(default_factory=list)
    samples_left_out: Sequence[str] = field(default_factory=list)
    causes: Sequence[FoundCause] = ()
    fetching: Fetching | None = None
    alerts_not_sent: Sequence[str] = ()

    @property
    def held_back(self) -> list[RefreshedRelease]:
        """Releases that were built and are not published."""
        return [
            one for one in self.releases if isinstance(one, RefreshedRelease) and one.state == "held_back"
        ]

    @property
    def exit_code(self) -> int:
        """0: published. 1: also, but a release was held back, or a file not read. 3: also, but a source not reached."""
        if self.fetching is not None and self.fetching.problems:
            return 3
        return 1 if self.held_back or self.refused or self.errors else 0

    def as_answer(self) -> RefreshSummary:
        """As `refresh --json` prints it."""
        return RefreshSummary(
            profile=self.profile,
            store=self.store,
            publication=self.publication,
            published_now=self.published_now,
            releases=tuple(self.releases),
            disputed=tuple(one.sentence for one in self.disputed),
            ignored=tuple(self.ignored),
            refused=tuple(self.refused),
            errors=tuple(self.errors),
            report=self.report,
            samples_left_out=tuple(self.samples_left_out),
            exit_code=self.exit_code,
            causes=tuple(self.causes),
            fetching=self.fetching,
            alerts_not_sent=tuple(self.alerts_not_sent),
        )

    @property
    def repeatable(self) -> bool:
        """Whether a refresh of the same files would end in the same way, having nothing to do.

        A step that failed, a file that could not be read, a release that was not built and an alert that was not sent
        are tried again.
        """
        tried_again = self.errors or self.tracebacks or self.refused or self.alerts_not_sent
        built = all(isinstance(one, RefreshedRelease) for one in self.releases)
        return self.publication is not None and built and not tried_again

    def as_kept(self) -> dict[str, Json]:
        """A document from which `from_kept` makes the summary of a refresh that found nothing new."""
        # Publishers are asked each time, so what they said this time is not kept.
        return as_document(replace(self, fetching=None))

    @staticmethod
    def from_kept(document: Mapping[str, Any]) -> Summary:
        """The summary of a refresh that found nothing new.

        Args:
            document: As `as_kept` made it, of a summary that is `repeatable`.

        Raises:
            KeyError, TypeError: The document is not one.
        """
        lists = {
            "releases": [
                RefreshedRelease(**{**one, "held_back": tuple(one["held_back"])})
                for one in document["releases"]
            ],
            "disputed": [DisputedFigure(**one) for one in document["disputed"]],
            "ignored": [FileNotRead(**one) for one in document["ignored"]],
            "refused": [FileNotRead(**one) for one in document["refused"]],
            "causes": [FoundCause(**one) for one in document["causes"]],
        }
        return Summary(**{**document, **lists, "published_now": False})
