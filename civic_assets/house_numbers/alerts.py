"""When people are told that something is wrong, and how long that may take.

Belongs here: thresholds of alerts. Does not belong here: when a release is due (its contract) and how publishers are
asked.
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

UNREACHABLE_TIMES = _chosen(
    "UNREACHABLE_TIMES",
    "failed attempts in a row after which a source counts as unreachable",
    3,
    "attempts",
    "a publisher's site that fails once mostly answers at the next attempt; after three, somebody should look",
    "alerts",
)
REMIND_AFTER_DAYS = _chosen(
    "REMIND_AFTER_DAYS",
    "time after which an alert about a cause that is still open is repeated (`remind_after_days`)",
    7,
    "days",
    "a week is long enough to act, and short enough that a message that was overlooked is not forgotten",
    "alerts",
)
EVENT_DAYS = _chosen(
    "EVENT_DAYS",
    "time for which a withdrawal or a replacement by the publisher counts as an open cause",
    31,
    "days",
    "it has happened and does not end by itself; after a month it is history",
    "alerts",
)
MESSAGES_AT_ONCE = _chosen(
    "MESSAGES_AT_ONCE",
    "most messages that are sent one by one in one round; any others share one message",
    10,
    "messages",
    "a first refresh may find dozens of causes, and nobody reads dozens of messages",
    "alerts",
)
FORGET_AFTER_DAYS = _chosen(
    "FORGET_AFTER_DAYS",
    "time for which a cause that is over is remembered",
    400,
    "days",
    "a yearly release that fails again is compared with the year before",
    "alerts",
)
SECONDS_FOR_A_MESSAGE = _chosen(
    "SECONDS_FOR_A_MESSAGE",
    "longest time for sending one message",
    30,
    "seconds",
    "mail servers that check the sender's address first take up to twenty seconds; a refresh must not wait for longer",
    "alerts",
)
SECONDS_FOR_AN_ANSWER = _chosen(
    "SECONDS_FOR_AN_ANSWER",
    "longest wait for a connection or for the next bytes of a mail server or webhook",
    10,
    "seconds",
    "both answer within a second when nothing is wrong",
    "alerts",
)
