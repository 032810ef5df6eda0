"""A refresh that asks publishers: its plan, the short way if nothing is new, and what is printed of it.

Belongs here: the order of asking and refreshing for the command line, and sentences about what was fetched. Does not
belong here: the command's arguments and its summary (`refresh`), and asking (`civic_assets.acquire`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.acquire.live.rounds import ask_all, fetching_folder
from civic_assets.acquire.live.run import Live, conclude_quietly, plan_of
from civic_assets.acquire.live.wanted import WantedSources, wanted_sources
from civic_assets.answers.progress import Said
from civic_assets.answers.summary import Summary
from civic_assets.cli.shared.output import print_json
from civic_assets.cli.shared.progress import Progress
from civic_assets.errors import UsageError
from civic_assets.layers.unchanged import Asked, begin, recall, remember

if TYPE_CHECKING:
    from civic_assets.answers.fetching import AskedSource, Fetching, FetchPlan
    from civic_assets.contracts.model import Contract
    from civic_assets.layers.limits import Limits

_WANTED = "wanted"


def since_of(text: str | None) -> date | None:
    """The day of `--since`.

    Raises:
        UsageError: It is not a day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--since {text!r} is not a day. Write it as YYYY-MM-DD.") from None


def run_live(arguments: argparse.Namespace, allowed: Limits) -> Summary | FetchPlan:
    """Ask publishers, fetch what is new and publish it; with `--dry-run` only ask.

    Args:
        arguments: Arguments of the command `refresh`.
        allowed: Processes and memory that may be used.

    Raises:
        UsageError: An argument or a setting is wrong.
    """
    from civic_assets.acquire.settings import SETTINGS, SETTINGS_FILE
    from civic_assets.layers.root import store_root

    since, root = since_of(arguments.since), store_root(arguments.store)
    settings = Path(os.environ.get(SETTINGS) or SETTINGS_FILE)
    asked = Asked(root, "live", None, arguments.source, arguments.since or "", settings)
    # Checked here too: a run that has nothing new to do does not read its arguments again.
    known = None if arguments.verbose or arguments.inputs is not None else recall(asked)
    wanted = _wanted(known, arguments)
    progress: Any = Progress(sys.stderr, verbose=arguments.verbose)
    say: Callable[[str], None] = (lambda _: None) if arguments.quiet else progress
    # Looked at before anybody is asked: whatever changes meanwhile is new to the next run.
    beginning = begin(asked) if known is None and not arguments.dry_run else None
    with ExitStack() as stack:
        live = _ask(stack, root, wanted, since, say, fetch=not arguments.dry_run)
        if arguments.dry_run:
            _end(progress, arguments)
            return plan_of(live)
        if known is not None and (fetching := conclude_quietly(live)) is not None:
            _end(progress, arguments)
            return _as_before(known, fetching, root)
        summary = _refresh(arguments, live, say, allowed)
    _end(progress, arguments)
    if summary.repeatable:
        remember(beginning or begin(asked), {**summary.as_kept(), _WANTED: wanted.as_document()})
    return summary


def _wanted(known: dict[str, Any] | None, arguments: argparse.Namespace) -> WantedSources:
    """What to ask for: as the last run kept it if nothing has changed since, else as the contracts say."""
    if known is not None and _WANTED in known:
        return WantedSources.from_document(known.pop(_WANTED))
    from civic_assets.cli.shared.light_arrow import light_arrow

    light_arrow()
    from civic_assets.refresh import check_arguments

    _, active = check_arguments(profile="live", inputs=arguments.inputs, sources=arguments.source)
    return wanted_sources(active, arguments.source)


def _ask(
    stack: ExitStack,
    root: Path,
    wanted: WantedSources,
    since: date | None,
    say: Callable[[str], None],
    *,
    fetch: bool,
) -> Live:
    """One round of asking; the files stay until the stack is closed."""
    from civic_assets.acquire.live.means import open_means

    number = len(wanted.asked)
    say(Said(f"Asking the publishers of {number:,} source{'' if number == 1 else 's'}", "stage"))
    folder = stack.enter_context(fetching_folder(root)) if fetch else None
    with open_means(root, _reader, lambda said: say(_as_step(said))) as means:
        rounds, before = ask_all(root, wanted.asked, means, folder=folder, since=since, progress=say)
        return Live(root, wanted, rounds, before, means.replayed)


def ask_only(arguments: argparse.Namespace, active: Mapping[str, Contract]) -> int:
    """Ask publishers what they offer, and remember it; nothing is fetched.

    Args:
        arguments: Arguments of a command with `store`, `source` and `quiet`.
        active: Contracts of the active sources.

    Returns:
        The exit code.
    """
    from civic_assets.layers.root import store_root

    progress = Progress(sys.stderr)
    say: Callable[[str], None] = (lambda _: None) if arguments.quiet else progress
    with ExitStack() as stack:
        wanted = wanted_sources(active, arguments.source)
        plan = plan_of(_ask(stack, store_root(arguments.store), wanted, None, say, fetch=False))
    _end(progress, arguments)
    return plan.exit_code


def _as_step(sentence: str) -> Said:
    return sentence if isinstance(sentence, Said) else Said(sentence, "doing")


def _reader() -> str:
    from civic_assets.contracts.load import load_contracts
    from civic_assets.intake.recognition_cache import reader_of

    return reader_of({name: one for name, one in load_contracts().items() if one.status == "active"})


def _refresh(
    arguments: argparse.Namespace, live: Live, say: Callable[[str], None], allowed: Limits
) -> Summary:
    from civic_assets.cli.shared.light_arrow import light_arrow

    light_arrow()
    from civic_assets.layers.store import Store
    from civic_assets.refresh import refresh

    return refresh(
        Store(arguments.store),
        profile="live",
        sources=arguments.source,
        progress=say,
        limits=allowed,
        live=live,
    )


def _as_before(known: dict[str, Any], fetching: Fetching, root: Path) -> Summary:
    from dataclasses import replace

    from civic_assets.alerts.after_refresh import alerted, needs_round

    summary = replace(Summary.from_kept(known), fetching=fetching)
    if not needs_round(root, fetching):
        return summary
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store

    return alerted(Store(root), load_contracts(), summary)


def _end(progress: Progress, arguments: argparse.Namespace) -> None:
    if not arguments.quiet:
        progress.end()


def report_plan(plan: FetchPlan, arguments: argparse.Namespace) -> int:
    """Print what would be fetched; returns the exit code."""
    if arguments.json:
        print_json(plan)
    else:
        print_plan(plan)
    return plan.exit_code


def print_plan(plan: FetchPlan) -> None:
    """Print what would be fetched and why, and what would not and why not."""
    from civic_assets.cli.shared.terminal import console, print_table

    out = console()
    wanted = [file for file in plan.files if file.action in _REQUESTED]
    left = [file for file in plan.files if file.action not in _REQUESTED]
    columns = [("source", False), ("file", False), ("size", True), ("", False), ("why", False)]
    rows = [[file.source, file.title, _size(file.size), _REQUESTED[file.action], file.why] for file in wanted]
    if rows:
        print_table(columns, rows)
    groups: dict[tuple[str, str], list[str]] = {}
    for file in left:
        groups.setdefault((file.source, file.why), []).append(file.title)
    for (source, why), titles in groups.items():
        more = f" and {len(titles) - 1:,} more" if len(titles) > 1 else ""
        out.print(f"Not fetched: {source}: {titles[0]}{more}, because {why}.", markup=False)
    for line in [*lines_of(plan.sources), *no_publisher(plan.sources)]:
        out.print(line, markup=False)
    if plan.replayed:
        out.print(_REPLAYED)
    # A file that two sources want is fetched once.
    requested = {(file.url, file.member): file for file in wanted}.values()
    known = [file.size for file in requested if file.action == "new"]
    stated = sum(size for size in known if size is not None)
    unknown = sum(size is None for size in known)
    sizes = f"{_megabytes(stated)}{f' and {unknown:,} files of unknown size' if unknown else ''}"
    asked = len(requested) - len(known)
    out.print(
        f"Would fetch {len(known):,} new file{'' if len(known) == 1 else 's'} ({sizes}) and ask again for {asked:,}. "
        "Nothing was fetched, archived or published."
    )


_REQUESTED = {"new": "new", "changed": "changed", "ask": "ask", "again": "again"}
_REPLAYED = "A replay publisher answered (CIVIC_REPLAY), and not the publishers: this is a test."


def lines_of(sources: tuple[AskedSource, ...]) -> list[str]:
    """Lines about what could not be fetched, and about what publishers did to files."""
    lines = [f"Not fetched: {sentence}" for source in sources for sentence in source.problems]
    return lines + [f"Note: {sentence}" for source in sources for sentence in source.notes]


def no_publisher(sources: Collection[AskedSource]) -> list[str]:
    """A line if no publisher at all could be reached: then the cause is nearer than all of them."""
    asked = [source for source in sources if source.state != "not_offered"]
    if len(asked) < 2 or any(source.state != "not_reached" for source in asked):
        return []
    return [
        (
            "No publisher could be reached. Perhaps this machine has no connection, or reaches the web only through a "
            "proxy, which is not used. Files may be put into a folder instead: civic-assets refresh --profile local "
            "--inputs FOLDER."
        )
    ]


def fetching_lines(fetching: Fetching) -> list[str]:
    """Everything that a summary says of what was asked of publishers."""
    asked = [source for source in fetching.sources if source.state != "not_offered"]
    well = sum(not source.problems for source in asked)
    lines = lines_of(fetching.sources)
    lines += [f"Note: {sentence}" for sentence in fetching.damage]
    lines += no_publisher(asked)
    if fetching.replayed:
        lines.append(_REPLAYED)
    publishers = "publisher of 1 source" if len(asked) == 1 else f"publishers of {len(asked):,} sources"
    number = f"{fetching.fetched:,} file{'' if fetching.fetched == 1 else 's'}"
    lines.append(
        f"Fetched: {number} and {_megabytes(fetching.bytes)} in {fetching.requests:,} answers, "
        f"{fetching.not_modified:,} of them 'not modified', from the {publishers}"
        + (f"; {len(asked) - well:,} could not be brought up to date." if well < len(asked) else ".")
    )
    return lines


def _size(size: int | None) -> str:
    return "" if size is None else _megabytes(size)


def _megabytes(size: int) -> str:
    if size < 1_000_000:
        return f"{size / 1000:,.1f} kB"
    return f"{size / 1_000_000:,.1f} MB"
