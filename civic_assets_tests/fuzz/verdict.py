"""What must hold for every input, and the table of what became of them.

Belongs here: everything that is a fault, as sentences. Does not belong here: trying inputs (`campaign`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import category

MOST_SECONDS = 10
"""Longest time that one input may take, in seconds of processor time."""
MOST_MEMORY = 1024**3
"""Most memory that one input may use in addition to what the process had before it, in bytes."""
SHORTEST_SENTENCE = 30

_MORE = re.compile(r" \(and [0-9,]+ more\)$")

OUTCOMES = ("published", "held back", "refused", "ignored")


def faults_of(told: Mapping[str, Any]) -> list[str]:
    """Sentences about everything that must not happen with an input.

    Args:
        told: What became of it, as `child` says it, or `{"died": ...}` if the process did not survive it.
    """
    if "died" in told:
        return [f"crash: the process ended ({told['died']})."]
    if "hung" in told:
        return [f"hang: no end after {told['hung']}."]
    faults = []
    if "escaped" in told:
        faults.append(f"escaped: {told['escaped']}")
    elif told["outcome"] not in OUTCOMES:
        faults.append(f"outcome: nothing says what became of it ({told['outcome']!r}).")
    faults += [f"traceback: {text.strip().splitlines()[-1]}" for text in told.get("tracebacks", ())]
    faults += [f"sentence: {text!r}" for text in told.get("sentences", ()) if not is_sentence(text)]
    if told.get("outcome") in OUTCOMES[1:] and not told.get("sentences"):
        faults.append("sentence: it is not published, and nothing says why.")
    if told["processor"] > MOST_SECONDS:
        faults.append(f"time: {told['processor']:.1f} s of processor time.")
    if (used := told["memory"] - told["before"]) > MOST_MEMORY:
        faults.append(f"memory: {used / 1024**2:,.0f} MiB.")
    faults += [f"outside: {note}" for note in told.get("outside", ())]
    faults += [f"left: {name}" for name in told.get("left", ())]
    return faults


def is_sentence(text: str) -> bool:
    """Whether a text is what a person can act on: long enough, ended, and without control characters."""
    # Of several findings with one sentence, the number of the others is added in parentheses.
    text = _MORE.sub("", text.strip())
    unseen = any(category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter not in "\n\t" for letter in text)
    return text.endswith(".") and len(text) >= SHORTEST_SENTENCE and "Traceback" not in text and not unseen


def kinds_of(faults: Iterable[str]) -> set[str]:
    """The kinds of faults, by the word that each begins with; of tracebacks, also the error's type."""
    kinds = set()
    for fault in faults:
        kind, _, rest = fault.partition(": ")
        kinds.add(f"{kind}: {rest.partition(':')[0]}" if kind in ("traceback", "escaped") else kind)
    return kinds


def table(tried: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Lines about all inputs: by kind of change and outcome, the checks, and the greatest time and memory.

    Args:
        tried: Kind of change and what became of the input, for each.
    """
    columns = (*OUTCOMES, "fault")
    counted = Counter(
        (kind, "fault" if faults_of(told) else str(told.get("outcome"))) for kind, told in tried
    )
    lines = ["", f"{'kind of change':<24}{'inputs':>9}" + "".join(f"{one:>12}" for one in columns)]
    kinds = sorted({kind for kind, _ in tried})
    for kind in kinds:
        numbers = [counted[kind, one] for one in columns]
        lines.append(f"{kind:<24}{sum(numbers):>9,}" + "".join(f"{number:>12,}" for number in numbers))
    totals = [sum(counted[kind, one] for kind in kinds) for one in columns]
    lines.append(f"{'all':<24}{sum(totals):>9,}" + "".join(f"{number:>12,}" for number in totals))
    checks = Counter(check for _, told in tried for check in told.get("checks", ()))
    lines += ["", "Checks with findings: " + ", ".join(f"{c} {n:,}" for c, n in checks.most_common(40))]
    ended = [told for _, told in tried if "processor" in told]
    if ended:
        slowest = max(told["processor"] for told in ended)
        longest = max(told["seconds"] for told in ended)
        memory = max(told["memory"] - told["before"] for told in ended) / 1024**2
        lines.append(
            f"Greatest processor time of one input {slowest:.1f} s (by the clock {longest:.1f} s), greatest memory "
            f"{memory:,.0f} MiB above the process before it."
        )
    return lines
