"""The command `refresh`: takes files in and publishes them.

Belongs here: its arguments, the call, and printing of what was done. Does not belong here: the steps
(`civic_assets.refresh`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import add_json, add_store, new_command
from civic_assets.cli.shared.light_arrow import light_arrow
from civic_assets.cli.shared.output import print_json
from civic_assets.cli.wording.causes_text import summary_lines
from civic_assets.cli.wording.left_out import reasons_in_words, without_samples
from civic_assets.errors import UsageError

if TYPE_CHECKING:
    from civic_assets.answers.refresh import RefreshedRelease, UnbuiltRelease
    from civic_assets.answers.summary import DisputedFigure, Summary
    from civic_assets.cli.command import Commands
    from civic_assets.layers.limits import Limits


_STATES = {"published": "published", "held_back": "HELD BACK", "not_built": "not built"}


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "refresh",
        _run,
        "take files in, validate, harmonise, check and publish them",
        "  civic-assets refresh\n"
        "  civic-assets refresh --profile local --inputs ~/downloads/crime --store ~/civic\n"
        "  civic-assets refresh --profile local --inputs ~/downloads --source ons_csp\n"
        "  civic-assets refresh --profile live --dry-run\n"
        "  civic-assets refresh --profile live --source ons_pfa --source met_borough\n\n"
        "exit codes: 0 published, 1 a release was held back or a file could not be read, 2 wrong usage or "
        "configuration,\n3 a source could not be reached, or something that is wanted of it was not found; all others "
        "are published",
    )
    command.add_argument(
        "--profile",
        choices=("sample", "local", "live"),
        default="sample",
        help="sample: inputs that ship with the project (synthetic, except the report's tables); "
        "local: a folder of publishers' files, with any file names, in any sub-folders, recognised by content; "
        "live: what the publishers' sites offer now",
    )
    command.add_argument(
        "--inputs", type=Path, metavar="DIR", help="folder of publishers' files, for --profile local"
    )
    command.add_argument(
        "--source", action="append", default=[], metavar="S", help="refresh only this source (repeatable)"
    )
    command.add_argument(
        "--since",
        metavar="DAY",
        help="with --profile live: fetch only what was put out on this day or later (YYYY-MM-DD), earlier editions "
        "included",
    )
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="with --profile live: ask what is offered and list what would be fetched and why; fetch and "
        "publish nothing",
    )
    command.add_argument("--quiet", action="store_true", help="print only the summary, no progress")
    command.add_argument(
        "--verbose",
        action="store_true",
        help="print progress for every file and every layer of a release, and look at everything again",
    )
    command.add_argument(
        "--processes",
        metavar="N",
        help="processes that build releases at the same time (default: CIVIC_PROCESSES, else the number of cores)",
    )
    command.add_argument(
        "--memory",
        metavar="SIZE",
        help="memory that they may need together, such as 800MB (default: CIVIC_MEMORY, else 2GB); neither changes "
        "the result",
    )
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.answers.summary import Summary
    from civic_assets.cli.shared.settings import refuse_wrong_settings
    from civic_assets.layers.limits import MEMORY, limits
    from civic_assets.layers.root import store_root
    from civic_assets.layers.unchanged import Asked, begin, recall, remember

    allowed = limits(arguments.processes, arguments.memory)
    if arguments.memory:
        os.environ[MEMORY] = arguments.memory  # for everything that this process and those it starts do
    refuse_wrong_settings()
    if arguments.profile == "live":
        return _run_live(arguments, allowed)
    for option, given in (("--since", arguments.since), ("--dry-run", arguments.dry_run)):
        if given:
            raise UsageError(f"{option} can be used only with --profile live.")
    asked = Asked(store_root(arguments.store), arguments.profile, arguments.inputs, arguments.source)
    known = None if arguments.verbose else recall(asked)
    if known is not None:
        if not arguments.quiet:
            print("Nothing is new since the last refresh.", file=sys.stderr)
        return _report(Summary.from_kept(known), arguments)
    light_arrow()
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.layers.store import Store
    from civic_assets.layers.store_lock import changing
    from civic_assets.refresh import check_arguments, refresh

    # Check first, so that a mistake leaves no new store behind.
    check_arguments(profile=arguments.profile, inputs=arguments.inputs, sources=arguments.source)

    progress = Progress(sys.stderr, verbose=arguments.verbose)
    store = Store(arguments.store)
    store.require_writable()
    # Until the result is remembered: if another refresh ended in between, this one would remember an older result.
    say = (lambda _: None) if arguments.quiet else progress
    with changing(store.root, "civic-assets refresh", lambda said: print(said, file=sys.stderr), say):
        beginning = begin(asked)
        summary = refresh(
            store,
            profile=arguments.profile,
            inputs=arguments.inputs,
            sources=arguments.source,
            progress=say,
            limits=allowed,
        )
        if summary.repeatable:
            remember(beginning, summary.as_kept())
    if not arguments.quiet:
        progress.end()
    return _report(summary, arguments)


def _run_live(arguments: argparse.Namespace, allowed: Limits) -> int:
    from civic_assets.answers.fetching import FetchPlan
    from civic_assets.cli.shared.live import report_plan, run_live

    came = run_live(arguments, allowed)
    return report_plan(came, arguments) if isinstance(came, FetchPlan) else _report(came, arguments)


def _report(summary: Summary, arguments: argparse.Namespace) -> int:
    """Print a summary; returns the exit code."""
    if arguments.json:
        print_json(summary.as_answer())
    else:
        print_summary(summary)
    for text in summary.tracebacks if arguments.debug else ():
        print(text, file=sys.stderr)
    return summary.exit_code


def print_summary(summary: Summary) -> None:
    """Print what a refresh did: releases, rows, checks by outcome, and what is held back or disputed and why."""
    from civic_assets.cli.shared.terminal import console, print_table
    from civic_assets.house_numbers.display import CAUSES_NAMED, SUMMARY_LINES

    out = console()
    out.print()
    columns = [
        ("source", False), ("release", False), ("state", False), ("rows", True), ("passed", True), ("failed", True),
        ("not evaluated", True), ("disputed", True), ("", False),
    ]  # fmt: skip
    rows = [
        [release.source, release.release, _STATES[release.state], f"{release.rows:,}", *_numbers(release)]
        for release in summary.releases
    ]
    print_table(columns, rows)
    out.print()
    disputed = disputed_lines(summary.disputed)
    for line, _ in disputed[:SUMMARY_LINES]:
        out.print(f"Disputed: {line}", markup=False)
    if hidden := sum(number for _, number in disputed[SUMMARY_LINES:]):
        out.print(f"... and {hidden:,} more disputed figures; see the table quality.findings.")
    for line in summary_lines(summary.causes, CAUSES_NAMED):
        out.print(line, markup=False)
    for release in summary.held_back:
        for reason in release.held_back:
            out.print(f"Held back: {release.source} {release.release}: {reason}", markup=False)
    for file in summary.refused:
        out.print(f"Not read: {file.reason}", markup=False)
    if summary.ignored:
        out.print(
            f"Ignored: {len(summary.ignored)} files that are not a release of any source with a contract:"
        )
        for sentence in reasons_in_words(summary.ignored):
            out.print(f"  {sentence}", markup=False)
    for error in summary.errors:
        out.print(f"Failed: {error}", markup=False)
    for sentence in summary.alerts_not_sent:
        out.print(f"Alert not sent: {sentence}", markup=False)
    if summary.samples_left_out:
        out.print(without_samples(len(summary.samples_left_out)))
    if summary.fetching is not None:
        from civic_assets.cli.shared.live import fetching_lines

        for line in fetching_lines(summary.fetching):
            out.print(line, markup=False)
    published = [release for release in summary.releases if release.state == "published"]
    if summary.publication is None:
        out.print("Nothing is published. The lines above say why.")
        return
    word = "Published" if summary.published_now else "Unchanged since the last publication"
    figures = sum(release.rows for release in published)
    number = "1 release" if len(published) == 1 else f"{len(published)} releases"
    out.print(
        f"{word}: {figures:,} figures of {number} in {summary.store}/civic.duckdb "
        f"(publication {summary.publication[:12]})."
    )
    if summary.report is not None:
        out.print(f"Site: {summary.report}", markup=False)
        return
    from civic_assets.layers.site_setting import LEFT_FOR_LATER, built_by_a_refresh

    if not built_by_a_refresh():
        out.print(f"Site: {LEFT_FOR_LATER}.", markup=False)


def _numbers(release: RefreshedRelease | UnbuiltRelease) -> list[str]:
    """The last columns of a release: checks by outcome, disputed figures, and whether its figures are made up."""
    from civic_assets.answers.refresh import UnbuiltRelease

    if isinstance(release, UnbuiltRelease):
        return [""] * 5
    counts = (release.checks_passed, release.checks_failed, release.checks_not_evaluated, release.disputed)
    return [*map(str, counts), "SYNTHETIC" if release.synthetic else ""]


def disputed_lines(figures: Sequence[DisputedFigure]) -> list[tuple[str, int]]:
    """Lines about disputed figures, with the number of figures each covers.

    Many figures of one release, measure and check share a line.
    """
    from civic_assets.house_numbers.listing import SHARED_CAUSE_PROPOSALS

    groups: dict[tuple[str, str, str, str], list[DisputedFigure]] = {}
    for figure in figures:
        groups.setdefault((figure.source, figure.release, figure.what, figure.check_id), []).append(figure)
    lines: list[tuple[str, int]] = []
    for (source, release, what, check_id), group in groups.items():
        if len(group) <= SHARED_CAUSE_PROPOSALS:
            lines += [(figure.sentence, 1) for figure in group]
        else:
            cells = f"{group[0].locator} to {group[-1].locator}"
            line = (
                f"{source} {release}: {len(group):,} figures of {what}, {cells} ({check_id}). The first is: "
                f"{group[0].sentence}"
            )
            lines.append((line, len(group)))
    return lines
