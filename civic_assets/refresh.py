"""The main job: take files in, bring every release through the layers, publish.

Belongs here: the order of the steps and the summary. Does not belong here: any step itself, and printing
(`civic_assets.cli.refresh`). Dagster runs the releases (`civic_assets.defs.launch`) and records the runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from civic_assets.acquire.live.run import Live, conclude_run
from civic_assets.alerts.after_refresh import alerted, stopped
from civic_assets.answers.cause import FileNotRead
from civic_assets.answers.fetching import Fetching
from civic_assets.answers.progress import Said
from civic_assets.answers.refresh import RefreshedRelease, UnbuiltRelease
from civic_assets.answers.summary import DisputedFigure, Summary
from civic_assets.archive import Receipt, release_sort_key
from civic_assets.contracts.corrections import load_corrections
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.contracts.waivers import load_waivers
from civic_assets.errors import ArchiveError, UsageError
from civic_assets.intake.receive import files_of, take_in
from civic_assets.intake.received import Intake
from civic_assets.layers.freshness import is_fresh
from civic_assets.layers.limits import ALONE, Limits
from civic_assets.layers.site_setting import built_by_a_refresh
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing
from civic_assets.publish.report.replacing import clear_away
from civic_assets.publish.scope import near_misses_left_out, samples_left_out, settle
from civic_assets.tables.atomic import clear_temporaries, temporary_folder
from civic_assets.unforeseen import sentence_of


def refresh(
    store: Store,
    *,
    profile: str = "sample",
    inputs: Path | None = None,
    sources: Collection[str] = (),
    progress: Callable[[str], None] = lambda _: None,
    limits: Limits = ALONE,
    live: Live | None = None,
) -> Summary:
    """Takes files in and publishes what they hold. While another process changes the store, this waits and says so.

    Args:
        store: Store that keeps everything.
        profile: `sample` uses inputs that ship with the project, `local` a folder of publishers' files, `live` what
            publishers were asked for.
        inputs: The folder, for `local`.
        sources: Sources to refresh; all if empty.
        progress: Function called with a sentence about each step.
        limits: Processes and memory that may be used; the result does not depend on them.
        live: What publishers were asked and what they sent, for `live`.

    Raises:
        UsageError: The profile, folder or a source's name is wrong, or the store holds data of another kind.
        ContractError: A contract is wrong.
        ArchiveError: The archive is damaged or cannot be written, as on a full disk. Files archived before are kept.
    """
    store.require_writable()
    with changing(store.root, "a refresh", lambda said: progress(Said(said, "stage"))):
        clear_away(store.root)
        clear_temporaries(store.root)
        try:
            return _refresh(store, profile, inputs, sources, progress, limits, live)
        except (ArchiveError, OSError) as error:
            for sentence in stopped(store, load_contracts(), error):
                progress(f"Alert not sent: {sentence}")
            raise


def _refresh(
    store: Store,
    profile: str,
    inputs: Path | None,
    sources: Collection[str],
    progress: Callable[[str], None],
    limits: Limits,
    live: Live | None,
) -> Summary:
    contracts, active = check_arguments(profile=profile, inputs=inputs, sources=sources)
    load_corrections()  # Reject an invalid correction or waiver before doing any work.
    load_waivers()
    fetching = None
    if live is not None:
        intake, offered, fetching = conclude_run(live, store, active, progress)
        supplied, asked = [*intake.receipts, *offered], live.answered
    else:
        with _inputs(store, inputs) as folder:
            where = folder if profile == "local" else "the inputs that ship with the project"
            progress(Said(f"Reading {where}", "stage"))
            intake = take_in(folder, store.archive, active, origin=profile, only=sources, progress=progress)
        supplied, asked = intake.receipts, list(sources or active)
    archived = store.archive.receipts()
    settle(store, supplied, asked, live=live is not None)
    without = samples_left_out(archived, profile, {receipt.sha256 for receipt in supplied})
    without |= near_misses_left_out(store, archived)
    receipts = [r for r in archived if r.source in active and (r.source, r.release) not in without]
    if not archived and live is not None and not intake.taken:
        return alerted(store, contracts, _nothing(store, profile, fetching), sources)
    stale = _stale(store, active, receipts, sources)
    from civic_assets.defs.launch import launch

    report = launch(
        store, contracts, stale, profile=profile, without=without, progress=progress, limits=limits
    )
    # A run that Dagster starts on its own builds the report too (`defs.published`); in that case it is up to date.
    page, trouble = _report(store, progress, limits)
    gone = [f"{source} {release}" for source, release in sorted(without)]
    summary = _summary(store, profile, intake, receipts, report, page, trouble, gone, fetching)
    return alerted(store, contracts, summary, sources)


def check_arguments(
    *, profile: str, inputs: Path | None, sources: Collection[str]
) -> tuple[Mapping[str, Contract], dict[str, Contract]]:
    """Check the arguments of a refresh before any folder is created.

    Args:
        profile: See `refresh`.
        inputs: See `refresh`.
        sources: See `refresh`.

    Returns:
        All contracts, and those of the active sources.

    Raises:
        UsageError: The profile, folder or a source's name is wrong.
        ContractError: A contract is wrong.
    """
    if profile == "local":
        if inputs is None:
            raise UsageError(
                "--profile local needs --inputs DIR, the folder that holds the publishers' files."
            )
        files_of(inputs)
    elif inputs is not None:
        raise UsageError(
            f"--inputs can be used only with --profile local, not with {profile}. Leave it out, or use --profile local."
        )
    built_by_a_refresh()  # a word that is not one of its values is refused
    contracts = load_contracts()
    active = {name: contract for name, contract in contracts.items() if contract.status == "active"}
    unknown = sorted(set(sources) - set(active))
    if unknown and unknown[0] in contracts:
        raise UsageError(
            f"{unknown[0]} is not read yet, because {contracts[unknown[0]].not_read_because}. Leave it out."
        )
    if unknown:
        raise UsageError(f"There is no source {unknown[0]!r}. Choose one of: {', '.join(active)}.")
    return contracts, active


def _report(store: Store, progress: Callable[[str], None], limits: Limits) -> tuple[str | None, list[str]]:
    """The first page of the site, and errors in building it; the figures are published in either case."""
    from civic_assets.publish.site.build import build_if_older

    try:
        built = build_if_older(store, progress, limits)
    except Exception as error:  # noqa: BLE001  (the publication and the earlier site are kept)
        return None, [f"The site was not built: {sentence_of(error)}"]
    return (str(built.index) if built else None), []


def _inputs(store: Store, inputs: Path | None) -> AbstractContextManager[Path]:
    if inputs is not None:
        return nullcontext(inputs)
    real = [r for r in store.archive.receipts() if r.origin != "sample"]
    if real:
        raise UsageError(
            f"{store.name} holds publishers' files ({real[0].source} {real[0].release}, ...); synthetic samples are "
            "not mixed with them. Choose another store: civic-assets refresh --store DIR"
        )
    return _sample_inputs()


@contextmanager
def _sample_inputs() -> Iterator[Path]:
    """A folder with the inputs that ship, written afresh, with the same bytes each time."""
    from civic_assets.inputs.samples.ons_csp import write_sample_inputs

    with temporary_folder("sample") as folder:
        write_sample_inputs(folder)
        yield folder


def _stale(
    store: Store, contracts: Mapping[str, Contract], receipts: Sequence[Receipt], only: Collection[str]
) -> dict[str, list[str]]:
    """Releases by source that are out of date, with all later ones, since checks look back at earlier releases.

    Of a source that was not asked for, only what is published and has lost its tables is built again: otherwise it
    would go from the publication without a word.
    """
    stale: dict[str, list[str]] = {}
    lost = _published_without_tables(store) if only else set()
    for source, contract in contracts.items():
        own = sorted((r for r in receipts if r.source == source), key=lambda r: release_sort_key(r.release))
        if only and source not in only:
            first = next((i for i, receipt in enumerate(own) if (source, receipt.release) in lost), None)
        else:
            first = next(
                (i for i, receipt in enumerate(own) if not _is_fresh(store, contract, receipt)), None
            )
        if first is not None:
            stale[source] = [receipt.release for receipt in own[first:]]
    return stale


def _published_without_tables(store: Store) -> set[tuple[str, str]]:
    """Releases of the last publication whose tables are gone, as after a restore or a clean-up."""
    from civic_assets.publish.member import without_tables
    from civic_assets.publish.publication import latest, published_places

    return set(without_tables(store, published_places(latest(store))))


def _is_fresh(store: Store, contract: Contract, receipt: Receipt) -> bool:
    """As `layers.is_fresh`. A release that cannot be examined counts as stale; building it reports the failure."""
    try:
        return is_fresh(store, contract, receipt)
    except Exception:  # noqa: BLE001
        return False


def _nothing(store: Store, profile: str, fetching: Fetching | None) -> Summary:
    """The summary where no file was ever received: no publisher could be reached."""
    return Summary(
        profile=profile,
        store=store.name,
        publication=None,
        published_now=False,
        releases=[],
        disputed=[],
        ignored=[],
        refused=[],
        fetching=fetching,
    )


def _summary(
    store: Store,
    profile: str,
    intake: Intake,
    receipts: Sequence[Receipt],
    report: Any,
    page: str | None,
    trouble: Sequence[str],
    left_out: Sequence[str],
    fetching: Fetching | None,
) -> Summary:
    from civic_assets.layers.checked import FINDINGS, RESULTS, stored_facts
    from civic_assets.publish.publication import latest
    from civic_assets.publish.read_model.causes import published_causes
    from civic_assets.publish.read_model.decisions import applied_corrections

    tables = store.tables
    releases: list[RefreshedRelease | UnbuiltRelease] = []
    disputed: list[DisputedFigure] = []
    tracebacks = [f"{taken.name}:\n{text}" for taken in intake.taken for text in taken.tracebacks]
    decided = applied_corrections(store)
    for receipt in sorted(receipts, key=lambda r: (r.source, release_sort_key(r.release))):
        place = (receipt.source, receipt.release)
        facts, results = stored_facts(store, *place), tables.current(RESULTS, *place)
        if facts is None or results is None:
            releases.append(UnbuiltRelease(receipt.source, receipt.release, "not_built", 0))
            continue
        tracebacks += [f"{place[0]} {place[1]}:\n{text}" for text in facts.tracebacks]
        outcomes = Counter(tables.read(results, ["outcome"])["outcome"].to_pylist())
        releases.append(
            RefreshedRelease(
                source=receipt.source,
                release=receipt.release,
                state="held_back" if facts.held_back else "published",
                rows=facts.rows,
                checks_passed=outcomes["pass"],
                checks_failed=outcomes["fail"],
                checks_not_evaluated=outcomes["not_evaluated"],
                disputed=facts.disputed,
                held_back=tuple(facts.held_back),
                synthetic=receipt.synthetic,
            )
        )
        findings = tables.current(FINDINGS, *place)
        mine = {cell: by for (source, release, cell), by in decided.items() if (source, release) == place}
        if facts.disputed and findings is not None and not facts.held_back:
            disputed.extend(_disputes(receipt, tables.read(findings).to_pylist(), mine))
    manifest = latest(store)
    return Summary(
        profile=profile,
        store=store.name,
        publication=manifest["hash"] if manifest else None,
        published_now=bool(report.publication and report.publication.new),
        releases=releases,
        disputed=disputed,
        # What a publisher sent and nobody can use is a problem of its source, and said there.
        ignored=[] if fetching else [FileNotRead(t.name, t.reason) for t in intake.of("ignored")],
        refused=[] if fetching else [FileNotRead(t.name, t.reason) for t in intake.of("refused")],
        errors=[*report.errors, *trouble],
        report=page,
        tracebacks=tracebacks,
        samples_left_out=left_out,
        causes=published_causes(store),
        fetching=fetching,
    )


def _disputes(
    receipt: Receipt, findings: Sequence[Mapping[str, Any]], corrected: Mapping[str, str]
) -> list[DisputedFigure]:
    """Disputed figures: of each, the first finding that disputes it, and any correction by decision."""
    figures: dict[str, DisputedFigure] = {}
    for finding in findings:
        if not finding["disputes"] or finding["status"] == "waived" or finding["locator"] in figures:
            continue
        ties = finding["n_ties"]
        proposal = f"; proposed {_number(finding['proposal'])}" if finding["proposal"] else ""
        how = {0: "", 1: ", the only minimal repair"}.get(
            ties, f", the likeliest of {ties} equally minimal repairs"
        )
        correction = corrected.get(finding["locator"])
        decision = f"; {correction}" if correction else ""
        what = (finding["measure"] or "figure").replace("_", " ")
        sentence = (
            f"{receipt.source} {receipt.release}, {finding['locator']}: {what} is published as printed, "
            f"{_number(finding['observed'])}, and disputed{proposal}{how} ({finding['check_id']}){decision}."
        )
        figures[finding["locator"]] = DisputedFigure(
            receipt.source, receipt.release, finding["locator"], what, finding["check_id"], sentence
        )
    return list(figures.values())


def _number(text: str | None) -> str:
    return f"{int(text):,}" if text and text.lstrip("-").isdecimal() else str(text)
