"""How a command prints an object or an error.

Belongs here: JSON, sentences about errors, tracebacks. Does not belong here: tables and sentences for people
(`civic_assets.cli.shared.terminal` and the modules of the commands), and exit codes (`civic_assets.cli.command`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

from civic_assets.errors import CivicError, ContractError
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def print_json(answer: DataclassInstance) -> None:
    """Print an answer as one object; characters that the output cannot hold are written as escapes."""
    from civic_assets.answers.document import as_document

    document = as_document(answer)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a file name that is not text, or a terminal with few characters
        text = json.dumps(document, indent=2)
    print(text)


def escape_unprintable() -> None:
    """Print as escapes what cannot be printed, such as bytes of a file name that are not text."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def sentence_about(about: object, error: Exception) -> str:
    """An error as a sentence that names its subject."""
    if isinstance(error, ContractError):
        return error.named
    if isinstance(error, (CivicError, OSError)):
        return sentence_of(error)
    return f"{about}: {sentence_of(error)}. Try --debug."


def show_traceback(error: Exception) -> None:
    """Print the traceback of an error on standard error."""
    import traceback

    traceback.print_exception(error)


def failed(sentence: str, code: int, as_json: bool, choices: Sequence[str] | None = None) -> int:
    """Report why a command failed: on standard error, or as the one JSON object that `--json` promises."""
    if as_json:
        from civic_assets.answers.others import Failure

        print_json(Failure(sentence, code, None if choices is None else tuple(choices)))
    else:
        print(f"civic-assets: {sentence}", file=sys.stderr)
    return code
