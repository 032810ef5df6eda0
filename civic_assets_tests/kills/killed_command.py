"""One `civic-assets refresh --profile live` as a process that may be killed.

Belongs here: what runs in that process: the real command, with two observers. One notes the sentence that the command
said last, the other counts changes to files and, when asked to, kills the process just before one of them. Does not
belong here: choosing the moment (`campaign`).

The process is copied from one that has imported the libraries already, which saves half the time of a small refresh. It
is a process of its own, and dies of a real SIGKILL.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_CHANGES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NAMES = re.compile(r"(?<=\.incoming-)[0-9a-f-]+|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|(?<![a-z])\d+(?![a-z])")
_DEPTH = 2


@dataclass(frozen=True)
class Command:
    """A command to run.

    Args:
        arguments: Arguments of `civic-assets`.
        environment: Variables to set.
        store: Folder of the store; changes below it are counted.
        notes: Folder for what the observers note.
        at: Kind of change, and which of that kind, before which the process kills itself; None for never.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    store: Path
    notes: Path
    at: tuple[str, int] | None = None

    @property
    def said(self) -> Path:
        """File with the sentence that the command said last."""
        return self.notes / "said"

    @property
    def changes(self) -> Path:
        """File with the number of changes of each kind, if the command ended by itself."""
        return self.notes / "changes.json"


def nursery() -> Any:
    """The means to start processes with the libraries in memory."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["civic_assets_tests.kills.warm"])
    return context


def start(context: Any, command: Command) -> BaseProcess:
    """Start a command."""
    for note in (command.said, command.changes):
        note.unlink(missing_ok=True)
    process: BaseProcess = context.Process(target=_run, args=(command,))
    process.start()
    return process


def _run(command: Command) -> None:
    os.setsid()
    os.environ.update(command.environment)
    tempfile.tempdir = None  # it may have been looked up before the variables were set
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(command.notes / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
    _note_sentences(command.said)
    changes = _Changes(command.store, command.at)
    sys.addaudithook(changes)
    from civic_assets.cli import main

    code = main(command.arguments)
    counts = dict(changes.counts)
    command.changes.write_text(json.dumps(counts), encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _note_sentences(file: Path) -> None:
    from civic_assets.cli.shared.progress import Progress

    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    printed = Progress.__call__

    def call(self: Progress, sentence: str) -> None:
        said = f"{getattr(sentence, 'kind', '')}\t{sentence}".encode()[:500]
        os.pwrite(descriptor, said.ljust(500), 0)
        printed(self, sentence)

    Progress.__call__ = call  # type: ignore[method-assign]


@dataclass
class _Changes:
    """Counts changes to files of a store; at a chosen one the process ends."""

    store: Path
    at: tuple[str, int] | None
    counts: Counter[str] = field(default_factory=Counter)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _CHANGES:
            return
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & _WRITING):
            return
        path = arguments[1] if event in ("os.rename", "os.link") else arguments[0]
        if not isinstance(path, (str, os.PathLike)):
            return
        kind = kind_of_change(event, os.fspath(path), str(self.store))
        if kind is None:
            return
        self.counts[kind] += 1
        if self.at is not None and kind == self.at[0] and self.counts[kind] == self.at[1]:
            os.kill(os.getpid(), signal.SIGKILL)


def kind_of_change(event: str, path: str, store: str) -> str | None:
    """What is changed, without the parts of names that differ from run to run; None if it is not in the store."""
    if not path.startswith(store + os.sep):
        return None
    parts = path[len(store) + 1 :].split(os.sep)[:_DEPTH]
    place = "/".join(_NAMES.sub("*", part) for part in parts)
    return f"{event.removeprefix('os.')} {place}"
