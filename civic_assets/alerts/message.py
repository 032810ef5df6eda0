"""The text of an alert.

Belongs here: the subject, the text and the document of a message. Does not belong here: sending it (`mail`,
`webhook`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic_assets import __version__
from civic_assets.alerts.cause import ADVICE, AlertCause

FORMAT = 1
"""Version of the document that a webhook receives; it changes if a field changes its meaning or goes."""


@dataclass(frozen=True, slots=True)
class Message:
    """One alert.

    Args:
        id: Name of the cause and the time since when it is open: the same if the message is sent again by mistake.
        subject: What is wrong, in a line.
        text: Everything, for a person.
        document: Everything, for a program.
    """

    id: str
    subject: str
    text: str
    document: Mapping[str, Any]


def message_about(
    cause: AlertCause, since: str, *, store: str, report: str, reminder: bool = False
) -> Message:
    """The message about one cause.

    Args:
        cause: The cause.
        since: Time since when it is open, in UTC.
        store: Folder of the store.
        report: Address of the report's folder, without a slash at its end; empty if there is no report.
        reminder: Whether the message was sent before.
    """
    advice = ADVICE[cause.kind]
    subject = f"[civic-assets] {'Reminder: ' if reminder else ''}{cause.subject} {advice.title}"
    page = f"{report}/{cause.report}" if report and cause.report else ""
    lines = [_one_line(cause.sentence), "", f"What to do: {advice.do}", ""]
    lines += [f"In the report: {page}"] if page else []
    lines += [f"Explained in: docs/{advice.page}", f"Open since: {since}", f"Store: {store}"]
    identity = f"{cause.key}@{since}"
    document: dict[str, Any] = {
        "format": FORMAT,
        "id": identity,
        "kind": cause.kind,
        "subject": cause.subject,
        "title": _one_line(subject),
        "sentence": cause.sentence,
        "what_to_do": advice.do,
        "explained_in": f"docs/{advice.page}",
        "report": page,
        "since": since,
        "reminder": reminder,
        "store": store,
        "program": f"civic-assets {__version__}",
        # What Slack, Mattermost and others show of a document that they know nothing else of.
        "text": f"{_one_line(subject)}\n" + "\n".join(lines),
    }
    return Message(identity, _one_line(subject), "\n".join(lines) + "\n", document)


def message_about_many(messages: Sequence[Message]) -> Message:
    """One message with the sentences of several, for a round in which there are too many to send one by one."""
    subject = f"[civic-assets] {len(messages):,} further causes"
    text = "\n".join(f"{message.subject}\n{message.text}" for message in messages)
    document = {
        **messages[0].document,
        "kind": "several",
        "subject": f"{len(messages):,} further causes",
        "title": subject,
        "id": f"several:{messages[0].id}",
        "sentence": " ".join(str(message.document["sentence"]) for message in messages),
        "causes": [message.document for message in messages],
        "text": f"{subject}\n{text}",
    }
    return Message(str(document["id"]), subject, text, document)


def _one_line(text: str) -> str:
    return " ".join(text.split())
