"""What a file is and what is wrong with it, without storing anything.

Belongs here: reading, recognising and checking one file. Does not belong here: the archive and the layers
(`layers`). Imports neither Dagster nor Great Expectations: a person waits for the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.answers.cause import FileNotRead
from civic_assets.answers.inspection import InspectedCheck, InspectedFinding, Inspection, NotRecognisedFile
from civic_assets.answers.words import InspectionOutcome
from civic_assets.archive.blobs import sha256_of
from civic_assets.contracts.model import Contract
from civic_assets.errors import FileRefused, NotRecognised, UsageError
from civic_assets.harmonise.areas.observed import same_ground
from civic_assets.intake.folder import as_text, name_in, no_regular_files
from civic_assets.layers.examine import examine
from civic_assets.parsing.recognise import Recognised, recognise
from civic_assets.quality.causes.cause import found_cause, judged
from civic_assets.quality.causes.grouping import causes_of
from civic_assets.readers.containers.zip_members import members_of
from civic_assets.readers.detect import Format, sniff
from civic_assets.readers.open_file import read_grid
from civic_assets.tables.release_names import unknown_edition
from civic_assets.unforeseen import ENVIRONMENT, sentence_of

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.layers.facts import ReleaseFacts
    from civic_assets.quality.framework.results import Assessment, Finding


def inspect(
    path: Path, contracts: Mapping[str, Contract], source: str | None = None, *, all_cells: bool = False
) -> Inspection:
    """Read, recognise and check a file.

    Args:
        path: Path of any file.
        contracts: Contracts of all sources.
        source: Source to treat the file as a release of; any if None.
        all_cells: Whether a finding that stands for many lists all their cells.

    Returns:
        The answer. For a file that is a release of several sources, or a zip archive of
        several files: the first report, with the others under `also`, and files in the archive that are not releases
        under `not_read`.

    Raises:
        UsageError: There is no such file or source.
        FileRefused: The file is damaged or not safe to read.
        NotRecognised: The file is not a release of a known source.
    """
    only = _only(path, contracts, source)
    if sniff(path) is Format.ZIP:
        return _archive(path, contracts, only, all_cells)
    reports = _reports(path, as_text(path.name), contracts, only, all_cells)
    return replace(reports[0], also=tuple(reports[1:])) if len(reports) > 1 else reports[0]


def _only(path: Path, contracts: Mapping[str, Contract], source: str | None) -> tuple[str, ...]:
    """The source that is asked for, if any, after what can be wrong with the question."""
    if not path.is_file():
        raise UsageError(f"There is no file {path}. Check the path.")
    if source is not None and source not in contracts:
        raise UsageError(f"There is no source {source!r}. Choose one of: {', '.join(contracts)}.")
    return (source,) if source else ()


@dataclass(frozen=True, slots=True)
class Examined:
    """One release of a file after all checks.

    Args:
        recognised: What the file is.
        release: Its edition; a made-up one where the file does not say it.
        sha256: Hash of the bytes.
        assessment: What the checks say.
        observations: Its figures; None when it cannot be parsed.
        about: Facts about the file.
    """

    recognised: Recognised
    release: str
    sha256: str
    assessment: Assessment
    observations: pa.Table | None
    about: ReleaseFacts

    @property
    def source(self) -> str:
        """The source that it is a release of."""
        return self.recognised.contract.source


def examined(path: Path, contracts: Mapping[str, Contract], source: str | None = None) -> Iterator[Examined]:
    """Every release in a file or a zip archive; files of an archive that are not a release are passed over.

    Args:
        path: Any file.
        contracts: Contracts of all sources.
        source: Look at it as a release of this source only.

    Raises:
        UsageError: There is no such file or source.
        FileRefused: The file is damaged or not safe to read.
        NotRecognised: It is not a release of a known source.
    """
    only = _only(path, contracts, source)
    if sniff(path) is not Format.ZIP:
        yield from _examined(path, as_text(path.name), contracts, only)
        return
    none = True
    for member in members_of(path, as_text(path.name)):
        if member.path is None:
            continue
        try:
            yield from _examined(member.path, f"{as_text(path.name)}/{member.name}", contracts, only)
            none = False
        except (FileRefused, NotRecognised):
            continue
    if none:
        raise NotRecognised(
            f"{path.name} is an archive in which no file is a release of a source with a contract."
        )


def inspect_folder(
    folder: Path, contracts: Mapping[str, Contract], source: str | None = None, *, all_cells: bool = False
) -> list[Inspection | NotRecognisedFile]:
    """Inspect each file in a folder and its sub-folders; reports are ordered by name.

    Args:
        folder: Folder to search; hidden files and folders are skipped.
        contracts: Contracts of all sources.
        source: See `inspect`.
        all_cells: See `inspect`.

    Returns:
        A report for each file, in which `file` is the path within the folder. A file that is not a release, or cannot
        be read, has `recognised` false and the reason in `message`.

    Raises:
        UsageError: There is no file in it, or no such source.
    """
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    others = no_regular_files(folder, (".",))
    if not files and not others:
        raise UsageError(f"There is no file in {folder}. Give a file, or a folder that holds files.")
    if source is not None and source not in contracts:
        raise UsageError(f"There is no source {source!r}. Choose one of: {', '.join(contracts)}.")
    reports: list[Inspection | NotRecognisedFile] = []
    for path in files:
        name = name_in(folder, path)
        try:
            report = inspect(path, contracts, source, all_cells=all_cells)
        except Exception as error:  # noqa: BLE001  (one file must not stop the others)
            reports.append(NotRecognisedFile.because(name, sentence_of(error)))
        else:
            reports.append(replace(report, file=name))
    reports += [NotRecognisedFile.because(name, message) for name, message in others.items()]
    return sorted(reports, key=lambda report: report.file)


def _archive(
    path: Path, contracts: Mapping[str, Contract], only: Collection[str], all_cells: bool
) -> Inspection:
    """Reports of all releases in a zip archive, in the form for several sources; other files under `not_read`."""
    file = as_text(path.name)
    reports: list[Inspection] = []
    not_read: list[FileNotRead] = []
    for member in members_of(path, file):
        name = f"{file}/{member.name}"
        try:
            if member.path is None:
                raise FileRefused(name, member.refused.removeprefix(f"{name}: "))
            reports += _reports(member.path, name, contracts, only, all_cells)
        except (FileRefused, NotRecognised) as error:
            not_read.append(FileNotRead(name, str(error)))
        except ENVIRONMENT:
            raise
        except Exception as error:  # noqa: BLE001  (one file in an archive must not stop the others)
            not_read.append(FileNotRead(name, f"{name} cannot be read: {sentence_of(error).rstrip('.')}."))
    if not reports:
        first = f". The first: {not_read[0].reason}" if not_read else ""
        raise NotRecognised(
            f"{file} is an archive of {len(not_read):,} files, and none of them is a release of a source with a "
            f"contract{first}"
        )
    return replace(reports[0], also=tuple(reports[1:]), not_read=tuple(not_read))


def _reports(
    path: Path, name: str, contracts: Mapping[str, Contract], only: Collection[str], all_cells: bool
) -> list[Inspection]:
    return [_report(name, one, all_cells) for one in _examined(path, name, contracts, only)]


def _examined(
    path: Path, name: str, contracts: Mapping[str, Contract], only: Collection[str]
) -> Iterator[Examined]:
    from civic_assets.quality.framework.release import FileFacts

    grid = read_grid(path, name)
    for recognised in recognise(grid, contracts, only):
        sha256, size = sha256_of(path)
        file = FileFacts(name, sha256, "", size, str(grid.format))
        edition = recognised.edition or unknown_edition(sha256)
        found = examine(
            recognised.contract, edition, file, grid, recognised.found, {}, tracebacks=recognised.tracebacks
        )
        yield Examined(recognised, edition, sha256, *found)


def _report(name: str, one: Examined, all_cells: bool) -> Inspection:
    assessment, observations, about = one.assessment, one.observations, one.about
    areas = same_ground(observations) if observations is not None else {}
    causes = causes_of(
        judged(finding, one.source, one.release, bool(assessment.waiver_of(finding)))
        for finding in assessment.findings
    )
    cause_ids = {member: cause.cause_id for cause in causes for member in cause.members}
    findings = tuple(
        _finding(finding, areas, cause_ids[finding.identifier(one.source, one.release)], all_cells)
        for finding in assessment.findings
    )
    return Inspection(
        recognised=True,
        file=name,
        sha256=one.sha256,
        source=one.source,
        release=one.release,
        synthetic=one.recognised.synthetic,
        rows=about.rows,
        row_kinds=about.row_kinds,
        tables=tuple(about.tables),
        drift=tuple(about.drift),
        checks=tuple(
            InspectedCheck(r.check_id, r.outcome, r.reason, r.severity, r.message) for r in assessment.results
        ),
        findings=findings,
        held_back=tuple(assessment.held_back),
        tracebacks=tuple(about.tracebacks),
        outcome=outcome_of(findings, bool(assessment.held_back)),
        causes=tuple(map(found_cause, causes)),
    )


def _finding(finding: Finding, areas: Mapping[str, str], cause_id: str, all_cells: bool) -> InspectedFinding:
    """A finding of the answer; `areas` has the common code by the publisher's, where they differ."""
    cause = finding.evidence.get("cause")
    return InspectedFinding(
        check_id=finding.check_id,
        severity=finding.severity,
        locator=finding.locator or None,
        locators=list(finding.cells) if all_cells and finding.cells else finding.locators,
        measure=finding.measure or None,
        area_code=areas.get(finding.area_code, finding.area_code) or None,
        period_start=finding.period_start or None,
        period_end=finding.period_end or None,
        observed=finding.observed or None,
        expected=finding.expected or None,
        proposal=finding.proposal or None,
        n_ties=finding.n_ties,
        message=finding.message,
        cause=None if cause is None else str(cause),
        cause_id=cause_id,
    )


def outcome_of(findings: Sequence[InspectedFinding], held_back: bool) -> InspectionOutcome:
    """`blocked` if the release would be held back, `disputed` if figures are disputed, else by the worst finding."""
    if held_back:
        return "blocked"
    severities = {finding.severity for finding in findings}
    if "blocking" in severities:
        return "disputed"
    return "warnings" if severities else "clean"


__all__ = ["NotRecognised", "inspect", "inspect_folder", "outcome_of"]
