"""Writes docs/reference/fetching.md: how publishers are asked, and what becomes of each fault.

Belongs here: the page, as text. Does not belong here: the limits (`civic_assets.house_numbers.acquire`) and the faults
(`civic_assets_tests.acquire.fault_matrix`, `every_source`, `matrix`), from which its tables are made.

Run: python -m tools.fetching_page
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from civic_assets.acquire.http.rates import LIMITS
from civic_assets.house_numbers.entry import every_number
from civic_assets_tests.acquire import every_source
from civic_assets_tests.acquire.fault_matrix import table
from civic_assets_tests.acquire.matrix import table as whole

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "fetching.md"
_START = """# Fetching

For people who want to know how publishers are asked, and what happens when one of them is slow, broken or has
moved. This page is made by `python -m tools.fetching_page`, and a test says when it is old.

## What is asked

- Only https addresses, on their usual port, and only hosts that the source's [contract](contracts.md) names. This
  holds for every redirect.
- A host is connected to only if all addresses that its name leads to are public. The address that was judged is the
  one that is connected to; the name is not looked up again.
- Certificates are checked against the authorities that ship with `certifi`. An expired certificate, one from an
  unknown authority and one for another host end in a sentence, and nothing is asked.
- Nothing is taken from the environment: no proxy, no password file, no cookie. A machine that reaches the web only
  through a proxy cannot fetch yet; put the files into a folder instead (`--inputs`).
- Publishers are told who asks, in the form that the ONS wants: `civic-assets/VERSION (ORGANISATION +SITE)`. Set
  both in `civic.toml` ([settings](settings.md)), without an e-mail address.
- What was read before is asked for with a condition (`If-None-Match`, `If-Modified-Since`), so that an unchanged
  page or file costs a request and no transfer.

## How a file arrives

A body is written to `acquired/partial/` in the store, and its SHA-256 is computed on the way. It is put in its
place only when it is complete: all the bytes that were announced, the end of its compression, and the directory of
an archive. If the connection breaks, the next request asks for the rest (`Range`), under the condition that the
file is still the same (`If-Range`); if it has changed, it is begun again. A run that was killed leaves its part,
and the next run goes on from there; a part is thrown away after a week, after a restart of the machine, or if the
publisher says nothing by which the file could be recognised.

A file is recognised by its content. A web page, an error message and an empty answer are refused although they were
sent with status 200; the sentence quotes the page's title. Whether a file is the release that was wanted is for its
contract to say, as with files from a folder.

## When something goes wrong

Each row is a test over real connections, with the last good file in place; nothing else is touched. The columns say
what happens if the publisher's next answer is right, and if none is.

"""
_EVERY = """
### Every source

The same faults in what each source reads before it fetches, and in what it fetches, with another source in the same
run: {sources}. *As without it* means that the same releases are received as in a run in which nothing goes wrong.
*Named* means a sentence that says what went wrong; the other source is received as ever, and the next run after the
publisher has put it right receives everything.

"""
_WHOLE = """
### Whole commands

The same faults once more, for good, as a whole `civic-assets refresh --profile live` of all sources, in one store that
has published them. The files are small and synthetic, and the contracts accept their size. In each command, publishers
fail in different ways at once, and at least one has no fault. Each fault is tried at each publisher.

*Named, exit 3, nothing changes* means: the exit code is 3; each source that asks this publisher has a sentence that
begins with the source's name and gives the address and the cause; no other source has anything to say; the archive,
its manifest, the publication record, the read model and the site are byte for byte as before; and no temporary file
or folder is left.

Faults in files need a file that is wanted. So all publishers but two put out a later edition first, and one command
sees them all and can fetch none; it publishes that they are out (X-01). Then every command has a fault in the files of
each of these publishers. When the faults end, the later editions are received and published, while the other two
publishers cannot be reached. Then it is the turn of these two. Faults that pass are tested for each source by itself,
in the table above.
"""
_ACTS = """
### What publishers do to files

Tested for each source in a round of asking, fetching and receiving, without publishing. In all cases the archive keeps
the earlier bytes and the lines of its manifest, and no temporary file is left. Whether a replacement is published is
for the checks to say (R-01 holds back one that states no reason), and a file that is only nearly a release is held
back; the earlier release stays published.

"""
_RATES = """
## How often a host is asked

Requests that failed count too. If a publisher asks to wait (`Retry-After`, in seconds or as a date), no request
goes to that host before, in this run or the next.

| hosts | at most |
|---|---|
"""
_LIMITS = """
## Limits

They are in [the register of chosen numbers](read-model.md) (`catalogue.house_numbers`, subject `acquire`), with
their reasons.

| limit | value |
|---|---|
"""
_END = """
## Receipts

Every request has a receipt in `acquired/fetches.jsonl`, one line each, sealed by the hash of the line before, like
the archive's manifest: the source, the way (`read`, `fetch`, `part`), the address asked and the one that answered,
the status, the headers that matter, when it began and ended, bytes, SHA-256, the page that names the address
(`found_at`), how many requests it took (`attempts`), and the cause if it failed. A last line that was cut off by a
crash is repaired by the next receipt.

## Trying it without the publishers

`python -m civic_assets_tests.replay FOLDER` serves a folder of publishers' files on this machine, as the publishers
would, and prints two variables: `CIVIC_REPLAY` and `CIVIC_REPLAY_AUTHORITY`. While they are set, every host is
replaced by that server. This is said on the error output and in every receipt (`replayed`). Without them, no
address of this machine or its network is ever connected to.
"""


def _wrapped(text: str) -> str:
    """A text whose paragraphs have lines of at most 116 characters."""
    return (
        "\n\n".join(textwrap.fill(part, 116, break_on_hyphens=False) for part in text.strip().split("\n\n"))
        + "\n\n"
    )


def page() -> str:
    """The whole page as Markdown."""
    rates = []
    for limit in LIMITS:
        hosts = ", ".join(f"`{host}`" for host in limit.hosts) or "any other host, each"
        path = f", paths that begin with `{limit.path}`" if limit.path != "/" else ""
        most = " and ".join(
            f"{number} in {'a second' if seconds == 1 else f'{seconds:g} seconds'}"
            for number, seconds in limit.most
        )
        rates.append(f"| {hosts}{path} | {most} |\n")
    numbers = [one for one in every_number() if one.subject == "acquire" and "_IN_" not in one.name]
    limits = [f"| {one.what} | {one.printed} {one.unit} |\n" for one in numbers]
    names = ", ".join(f"`{name}`" for name in every_source.EverySource.names())
    every = ["\n", _wrapped(_EVERY.format(sources=names)), every_source.table()]
    every += [
        _WHOLE,
        "\n",
        whole.publishers(),
        "\n",
        whole.faults(),
        _ACTS,
        whole.acts(),
    ]
    return "".join([_START, table(), *every, _RATES, *rates, _LIMITS, *limits, _END])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
