"""The table `[alerts]` and the secrets in the environment."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from civic_assets.alerts.settings import AlertSettings, alert_settings
from civic_assets.errors import UsageError

MAIL = {"server": "smtp.example.org", "from": "civic@example.org", "to": ["a@example.org"]}
LOGIN = {"CIVIC_ALERTS_SMTP_USER": "civic", "CIVIC_ALERTS_SMTP_PASSWORD": "Zq7"}


def test_alerts_are_off_until_they_are_configured() -> None:
    assert alert_settings({}, {}) == AlertSettings() and not AlertSettings().on
    assert not alert_settings({}, LOGIN).on, "a login alone sends nothing"


def test_settings_of_both_channels() -> None:
    text = """
        remind_after_days = 0
        report = "https://stats.example.org/report"
        [email]
        server = "smtp.example.org"
        from = "civic@example.org"
        to = ["a@example.org", "b@example.org"]
        [webhook]
        url = "https://hooks.example.org/x"
    """
    settings = alert_settings(tomllib.loads(text), {**LOGIN, "CIVIC_ALERTS_WEBHOOK_TOKEN": "t"})
    assert settings.on and settings.remind_after_days == 0
    assert settings.mail is not None and settings.webhook is not None
    assert (settings.mail.port, settings.mail.security, settings.mail.user) == (587, "starttls", "civic")
    assert (settings.webhook.host, settings.webhook.token) == ("hooks.example.org", "t")


def test_address_of_a_webhook_may_be_kept_in_the_environment() -> None:
    settings = alert_settings({}, {"CIVIC_ALERTS_WEBHOOK": "https://hooks.example.org/secret"})
    assert settings.webhook is not None and settings.webhook.address == "https://hooks.example.org/secret"


@pytest.mark.parametrize(
    ("table", "environment", "says"),
    [
        ({"email": {**MAIL, "password": "Zq7"}}, {}, "Logins and tokens are not kept in a file"),
        (
            {"webhook": {"url": "https://x.example/", "token": "Zq7"}},
            {},
            "Logins and tokens are not kept in a file",
        ),
        ({"email": {**MAIL, "security": "none"}}, LOGIN, "would be sent unprotected"),
        ({"email": {**MAIL, "security": "ssl"}}, {}, "'starttls', 'tls' or 'none'"),
        ({"email": {**MAIL, "to": []}}, {}, "one or more e-mail addresses"),
        (
            {"email": {**MAIL, "to": ["a@example.org\nBcc: b@example.org"]}},
            {},
            "one or more e-mail addresses",
        ),
        ({"email": {**MAIL, "port": True}}, {}, "a whole number"),
        ({"email": {**MAIL, "sever": "x"}}, {}, "sever, which is not a setting"),
        ({"email": {"to": ["a@example.org"]}}, {}, "from in"),
        ({"email": MAIL}, {"CIVIC_ALERTS_SMTP_USER": "civic"}, "Set both"),
        ({"email": MAIL}, {**LOGIN, "CIVIC_ALERTS_SMTP_PASSWORD": "Zq7£"}, "only letters, digits"),
        ({"emial": MAIL}, {}, "emial, which is not a setting"),
        ({"email": "a@example.org"}, {}, "must be a table"),
        ({"remind_after_days": -1}, {}, "a whole number from 0"),
        ({"webhook": {"url": "http://hooks.example.org/Zq7"}}, {}, "must begin with https"),
        ({"webhook": {"url": "https://user:Zq7@hooks.example.org/"}}, {}, "must begin with https"),
        ({"webhook": {"url": "https://hooks.example.org:bad/Zq7"}}, {}, "must begin with https"),
        ({"webhook": {"url": "file:///etc/Zq7"}}, {}, "must begin with https"),
    ],
)
def test_wrong_setting_is_refused_in_a_sentence_without_secrets(
    table: dict[str, Any], environment: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError, match=says) as said:
        alert_settings(table, environment)
    assert "Zq7" not in str(said.value) and str(said.value).endswith((".", "environment."))
