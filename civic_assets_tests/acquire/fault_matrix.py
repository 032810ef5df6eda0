"""What becomes of a file for each fault of a publisher: the list that the tests run and that the documentation prints.

Belongs here: the faults with their right outcomes, and the table. Does not belong here: running them
(`test_fault_matrix`), the page around the table (`tools/fetching_page.py`), and faults of what finders read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from civic_assets_tests.replay.faults import ANSWERS, CERTIFICATES, WIRE, Fault
from civic_assets_tests.replay.site import Asked, Told


@dataclass(frozen=True, slots=True)
class Case:
    """A fault and its right outcomes.

    Args:
        kind: Kind of the fault.
        once: Outcome if the next request is answered rightly: `done`, `resumed`, or a cause (`NotObtained.kind`).
        lasting: Outcome if it goes on: `done` or a cause.
        at_once: Whether a cause is said after one request, because trying again would not help.
        certificate: Whether nothing is asked at all.
        what: What the publisher does, if `kind` is not one of the server's.
        change: Makes the wrong answer, if `kind` is not one of the server's.
    """

    kind: str
    once: str
    lasting: str
    at_once: bool = False
    certificate: bool = False
    what: str = ""
    change: Callable[[Asked, Told], Told] | None = None

    def fault(self, times: int | None, **more: object) -> Fault:
        """The server's rule."""
        return Fault(self.kind, times=times, change=self.change, **more)  # type: ignore[arg-type]

    @property
    def words(self) -> str:
        """What the publisher does."""
        return self.what or {**WIRE, **CERTIFICATES}.get(self.kind) or ANSWERS[self.kind][0]


def _changed_header(asked: Asked, told: Told) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, dict(told.headers), told.body.replace(b"area,", b"area_code,", 1), etag='"v2"')


def _replaced(asked: Asked, told: Told) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, dict(told.headers), told.body[:-2] + b"9\n", etag='"v2"')


CASES = (
    Case("no_answer", "done", "timeout"),
    Case("slow_headers", "done", "timeout"),
    Case("silence", "resumed", "timeout"),
    Case("slow_drip", "resumed", "slow"),
    Case("refused", "done", "reset"),
    Case("reset", "resumed", "reset"),
    Case("truncated", "resumed", "truncated"),
    Case("chunks_cut", "done", "truncated"),
    Case("429_seconds", "done", "too_many_requests"),
    Case("429_date", "done", "too_many_requests"),
    Case("429_long", "too_many_requests", "too_many_requests", at_once=True),
    Case("503", "done", "status"),
    Case("500", "done", "status"),
    Case("404", "status", "status", at_once=True),
    Case("403", "status", "status", at_once=True),
    Case("html", "wrong_content", "wrong_content", at_once=True),
    Case("error_object", "wrong_content", "wrong_content", at_once=True),
    Case("empty_body", "wrong_content", "wrong_content", at_once=True),
    Case("empty_list", "done", "done"),
    Case("wrong_content", "done", "done"),
    Case(
        "changed_header",
        "done",
        "done",
        what="200 with another name in the header of the table",
        change=_changed_header,
    ),
    Case("replaced", "done", "done", what="200 with a file that was replaced in place", change=_replaced),
    Case("redirect_host", "redirect", "redirect", at_once=True),
    Case("redirect_private", "redirect", "redirect", at_once=True),
    Case("redirect_plain", "redirect", "redirect", at_once=True),
    Case("redirect_loop", "done", "redirect"),
    Case("too_large", "too_large", "too_large", at_once=True),
    Case("endless", "too_large", "too_large", at_once=True),
    Case("expired", "certificate", "certificate", at_once=True, certificate=True),
    Case("untrusted", "certificate", "certificate", at_once=True, certificate=True),
)
_OUTCOMES = {
    "done": "fetched at the second request",
    "resumed": "resumed at the second request; no byte is sent twice",
    "timeout": "given up: no answer in time",
    "slow": "given up: too slow",
    "reset": "given up: connection broken off, or incomplete",
    "truncated": "given up: incomplete",
    "too_many_requests": "given up: too many requests",
    "status": "given up: the status is named",
    "wrong_content": "refused: not a file; what came instead is named",
    "redirect": "refused: the redirect is named and not followed",
    "too_large": "refused: too large; the rest is not read",
    "certificate": "refused: the certificate is named; nothing is asked",
}
_KEPT = "fetched; the contract judges its content, as of any file"


def table() -> str:
    """The matrix as a table in Markdown."""
    lines = ["| the publisher | once | for good |", "|---|---|---|"]
    for case in CASES:
        once, lasting = _outcome(case, case.once), _outcome(case, case.lasting)
        lines.append(f"| {case.words} | {once} | {'the same' if once == lasting else lasting} |")
    return "\n".join(lines) + "\n"


def _outcome(case: Case, outcome: str) -> str:
    if outcome == "done" and case.lasting == "done":
        return _KEPT
    if case.kind == "429_long":
        return "given up; the sentence says when to run the command again"
    words = _OUTCOMES[outcome]
    tried_once = case.at_once and not words.startswith("refused")
    return f"{words}, after one request" if tried_once else words
