"""The settings of alerts: the table `[alerts]` of civic.toml, and the secrets in the environment.

Belongs here: reading and checking them. Does not belong here: finding and reading the file (`civic_assets.acquire`),
and using them (`mail`, `webhook`).

Secrets are in the environment only. A password in the file is refused, because such files are copied and committed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from civic_assets.acquire.settings import settings_document
from civic_assets.errors import UsageError
from civic_assets.house_numbers.alerts import REMIND_AFTER_DAYS

SMTP_USER, SMTP_PASSWORD = "CIVIC_ALERTS_SMTP_USER", "CIVIC_ALERTS_SMTP_PASSWORD"
WEBHOOK_ADDRESS, WEBHOOK_TOKEN = "CIVIC_ALERTS_WEBHOOK", "CIVIC_ALERTS_WEBHOOK_TOKEN"
Security = Literal["starttls", "tls", "none"]
_PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_SECURITIES: Mapping[str, Security] = {security: security for security in _PORTS}
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Names of this machine, to which no secure connection is needed."""
_SECRETS = ("password", "user", "login", "token", "secret")


@dataclass(frozen=True, slots=True)
class Mail:
    """How e-mail is sent.

    Args:
        server: Host name of the mail server.
        port: Its port.
        security: `starttls`: the connection must be made secure before anything is sent. `tls`: it is secure from the
            start. `none`: it is not; then no login is possible.
        sender: Address that messages come from.
        to: Addresses that receive them.
        authority: File with the certificate of an authority of your own; empty for those of the system.
        user, password: Login; empty if the server asks for none.
    """

    server: str
    port: int
    security: Security
    sender: str
    to: tuple[str, ...]
    authority: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages are posted as JSON.

    Args:
        address: https address, which may itself be a secret: messages name only its host.
        authority: As for `Mail`.
        token: Text for the header `Authorization: Bearer`; empty if none is sent.
    """

    address: str = field(repr=False)
    authority: str = ""
    token: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """Host of the address."""
        return urlsplit(self.address).hostname or ""


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Which alerts are sent, and how.

    Args:
        mail: None if none is sent by e-mail.
        webhook: None if none is posted.
        remind_after_days: Days after which an open cause is sent again; 0 for never.
        report: Address at which people reach the quality report; empty for its place on this machine.
    """

    mail: Mail | None = None
    webhook: Webhook | None = None
    remind_after_days: int = REMIND_AFTER_DAYS
    report: str = ""

    @property
    def on(self) -> bool:
        """Whether anything is sent."""
        return self.mail is not None or self.webhook is not None


def alert_settings(
    table: Mapping[str, Any], environment: Mapping[str, str] | None = None, file: str = "civic.toml"
) -> AlertSettings:
    """The settings of alerts.

    Args:
        table: The table `[alerts]`; empty if there is none.
        environment: Environment variables; those of this process if None.
        file: Name of the file, for messages.

    Raises:
        UsageError: A setting is wrong or unknown, or a secret is in the file.
    """
    values = os.environ if environment is None else environment
    section = _Section(file, "alerts", table)
    mail, webhook = section.table("email"), section.table("webhook")
    settings = AlertSettings(
        mail=_mail(mail, values) if mail else None,
        webhook=_webhook(webhook or _Section(file, "alerts.webhook", {}), values),
        remind_after_days=section.number("remind_after_days", REMIND_AFTER_DAYS, 0, 366),
        report=section.text("report", ""),
    )
    for part in (section, mail, webhook):
        if part:
            part.end()
    return settings


def configured_alerts(file: Path | None = None) -> AlertSettings:
    """The settings of alerts of this installation.

    Args:
        file: File of settings; by default the one that `CIVIC_SETTINGS` names, else `civic.toml` in the current folder.

    Raises:
        UsageError: The file cannot be read, or a setting is wrong.
    """
    document, path = settings_document(file)
    return alert_settings(document.get("alerts", {}), file=str(path))


class _Section:
    """A table of the file; every entry must be read, so that a misspelt one is noticed."""

    def __init__(self, file: str, name: str, entries: Mapping[str, Any]) -> None:
        if not isinstance(entries, Mapping):
            raise UsageError(f"{file}: {name} must be a table: [{name}].")
        self.file, self.name, self._left = file, name, dict(entries)
        for key in entries:
            if key in _SECRETS:
                raise UsageError(
                    f"{file}: [{name}] has {key}. Logins and tokens are not kept in a file: remove it, and set "
                    f"{SMTP_USER} and {SMTP_PASSWORD}, or {WEBHOOK_TOKEN}, in the environment."
                )

    def wrong(self, key: str, expected: str) -> UsageError:
        return UsageError(f"{self.file}: {key} in [{self.name}] must be {expected}.")

    def table(self, key: str) -> _Section | None:
        entries = self._left.pop(key, None)
        return None if entries is None else _Section(self.file, f"{self.name}.{key}", entries)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._left.pop(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()) or "\n" in value:
            raise self.wrong(key, "a text in quotes")
        return value.strip()

    def number(self, key: str, default: int, low: int, high: int) -> int:
        value = self._left.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong(key, f"a whole number from {low} to {high}")
        return value

    def texts(self, key: str) -> Sequence[str]:
        value = self._left.pop(key, None)
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not several or not all(_is_address(one) for one in several):
            raise self.wrong(key, "one or more e-mail addresses, such as ['name@example.org']")
        return several

    def end(self) -> None:
        if self._left:
            raise UsageError(
                f"{self.file}: [{self.name}] has {', '.join(sorted(self._left))}, which is not a setting. Correct or "
                "remove it."
            )


def _is_address(text: Any) -> bool:
    return isinstance(text, str) and "@" in text.strip("@") and not any(c.isspace() or c == "," for c in text)


def _mail(section: _Section, environment: Mapping[str, str]) -> Mail:
    security = _SECURITIES.get(section.text("security", "starttls"))
    if security is None:
        raise section.wrong("security", "'starttls', 'tls' or 'none'")
    user, password = environment.get(SMTP_USER, ""), environment.get(SMTP_PASSWORD, "")
    if bool(user) != bool(password):
        raise UsageError(f"Set both {SMTP_USER} and {SMTP_PASSWORD}, or neither.")
    if not (user + password).isascii():
        # smtplib sends a login as ASCII and fails on anything else.
        raise UsageError(f"{SMTP_USER} and {SMTP_PASSWORD} may hold only letters, digits and marks of ASCII.")
    if user and security == "none":
        raise UsageError(
            f"{section.file}: with security = 'none' in [{section.name}], the login would be sent unprotected. Use "
            "'starttls' or 'tls'."
        )
    sender = section.text("from")
    if not _is_address(sender):
        raise section.wrong("from", "an e-mail address")
    return Mail(
        server=section.text("server"),
        port=section.number("port", _PORTS[security], 1, 65535),
        security=security,
        sender=sender,
        to=tuple(section.texts("to")),
        authority=section.text("authority", ""),
        user=user,
        password=password,
    )


def _webhook(section: _Section, environment: Mapping[str, str]) -> Webhook | None:
    address = section.text("url", "") or environment.get(WEBHOOK_ADDRESS, "")
    authority = section.text("authority", "")
    if not address:
        return None
    try:
        parts = urlsplit(address)
        known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        sound = bool(known and parts.hostname and parts.username is None and parts.port != 0)
    except ValueError:
        sound = False
    if not sound or any(character.isspace() for character in address):
        # The address is not repeated: it may contain a secret.
        raise UsageError(
            f"The address of the webhook (url in [alerts.webhook] of {section.file}, or {WEBHOOK_ADDRESS}) must begin "
            "with https:// and have no user name in it; http:// is allowed only to this machine."
        )
    return Webhook(address, authority, environment.get(WEBHOOK_TOKEN, ""))
