"""Sending one message, by a real mail server and to a real webhook server."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from civic_assets.alerts.cause import ADVICE, AlertCause
from civic_assets.alerts.channel import NotSent, within
from civic_assets.alerts.mail import send_mail
from civic_assets.alerts.message import Message, message_about
from civic_assets.alerts.settings import LOOPBACK, Mail, Webhook
from civic_assets.alerts.webhook import send_webhook
from civic_assets_tests.alerts.servers import HOST, Authority, mail_server, make_authority, webhook_server
from civic_assets_tests.paths import PROJECT

CAUSE = AlertCause(
    "held_back",
    "ons_csp 2025-06",
    "ons_csp 2025-06 is held back. R-06: a cell is neither a number nor a symbol:\n'£ –'",
    report="sources/ons_csp.html#release-2025-06",
)
SECRET = "password-Zq7"
PATH = "services/T0/Zq7-address"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def message() -> Message:
    return message_about(
        CAUSE, "2025-10-23T08:40:00Z", store="/srv/civic", report="https://stats.example/report"
    )


def _mail(port: int, authority: Authority | None, **changed: Any) -> Mail:
    file = str(authority.file) if authority else ""
    settings = Mail(HOST, port, "starttls", "civic@example.org", ("a@example.org", "b@example.org"), file)
    return replace(settings, **changed)


def test_mail_has_the_sentence_what_to_do_and_the_page(authority: Authority, message: Message) -> None:
    with mail_server(authority, password=SECRET) as box:
        send_mail(_mail(box.port, authority, user="civic", password=SECRET), message)
    (mail,) = box.messages
    assert box.secure == [True] and box.logins == [("civic", SECRET)]
    assert mail["Subject"] == "[civic-assets] ons_csp 2025-06 is held back"
    assert mail["To"] == "a@example.org, b@example.org" and mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "neither a number nor a symbol: '£ –'" in text
    assert ADVICE["held_back"].do in text
    assert "https://stats.example/report/sources/ons_csp.html#release-2025-06" in text
    assert f"docs/{ADVICE['held_back'].page}" in text and SECRET not in mail.as_string()


def test_mail_over_a_connection_that_is_secure_from_the_start(authority: Authority, message: Message) -> None:
    with mail_server(authority, implicit=True) as box:
        send_mail(_mail(box.port, authority, security="tls"), message)
    assert len(box.messages) == 1  # a server that speaks TLS only


def test_nothing_is_sent_unprotected_if_the_server_offers_no_tls(
    authority: Authority, message: Message
) -> None:
    with mail_server() as box, pytest.raises(NotSent, match="does not offer what is asked for"):
        send_mail(_mail(box.port, authority, user="civic", password=SECRET), message)
    assert box.messages == [] and box.logins == []


def test_server_of_an_unknown_authority_gets_neither_login_nor_message(
    authority: Authority, message: Message, tmp_path: Path
) -> None:
    other = make_authority(tmp_path)
    with (
        mail_server(authority, password=SECRET) as box,
        pytest.raises(NotSent, match="could not prove") as said,
    ):
        send_mail(_mail(box.port, other, user="civic", password=SECRET), message)
    assert box.messages == [] and box.logins == [] and SECRET not in str(said.value)


@pytest.mark.parametrize(
    ("what", "says"),
    [("login", "did not accept the login"), ("message", "code 554"), ("nobody", "Connection refused")],
)
def test_refusals_of_a_mail_server_are_sentences_without_secrets(
    authority: Authority, message: Message, what: str, says: str
) -> None:
    with mail_server(authority, password=SECRET) as box:
        settings = _mail(box.port, authority, user="civic", password=SECRET)
        if what == "login":
            settings = replace(settings, password=SECRET + "x")
        if what == "message":
            box.refuse = f"554 no: {SECRET}"
        if what == "nobody":
            settings = replace(settings, port=_closed_port())
        with pytest.raises(NotSent) as said:
            send_mail(settings, message)
    assert HOST in str(said.value) and says in str(said.value) and str(said.value).endswith(".")
    assert SECRET not in str(said.value) and said.value.__cause__ is None
    assert box.messages == []


def test_webhook_receives_the_document_and_its_token(authority: Authority, message: Message) -> None:
    with webhook_server(authority) as hook:
        address = f"https://{HOST}:{hook.port}/{PATH}"
        send_webhook(Webhook(address, str(authority.file), "token-Zq7"), message)
    (document,), (headers,) = hook.documents, hook.headers
    assert headers["authorization"] == "Bearer token-Zq7" and headers["content-type"] == "application/json"
    assert document["kind"] == "held_back" and document["sentence"] == CAUSE.sentence
    assert document["what_to_do"] == ADVICE["held_back"].do and document["since"] == "2025-10-23T08:40:00Z"
    assert headers["idempotency-key"] == document["id"] == "held_back:ons_csp 2025-06@2025-10-23T08:40:00Z"
    assert document["text"].startswith(document["title"])


@pytest.mark.parametrize(
    ("status", "location", "says"),
    [(500, "", "status 500"), (307, "http://evil.example/", "redirect")],
    ids=["500", "redirect"],
)
def test_webhook_that_does_not_take_the_message(
    authority: Authority, message: Message, status: int, location: str, says: str
) -> None:
    with webhook_server(authority) as hook:
        hook.status, hook.location = status, location
        with pytest.raises(NotSent, match=says) as said:
            send_webhook(Webhook(f"https://{HOST}:{hook.port}/{PATH}", str(authority.file)), message)
    assert "Zq7" not in str(said.value) and len(hook.documents) == 1


def test_webhook_of_an_unknown_authority_receives_nothing(authority: Authority, message: Message) -> None:
    with webhook_server(authority) as hook, pytest.raises(NotSent, match="could not prove") as said:
        send_webhook(Webhook(f"https://{HOST}:{hook.port}/{PATH}", token="Zq7"), message)
    assert hook.documents == [] and "Zq7" not in str(said.value)


def test_webhook_that_is_not_there_is_named_without_its_address(message: Message) -> None:
    with pytest.raises(NotSent, match="The webhook at localhost cannot be reached") as said:
        send_webhook(Webhook(f"http://localhost:{_closed_port()}/{PATH}"), message)
    assert "Zq7" not in str(said.value) and said.value.__cause__ is None
    assert "localhost" in LOOPBACK


def test_server_that_answers_a_byte_at_a_time_is_given_up(message: Message) -> None:
    with webhook_server() as hook:
        hook.drip = 0.05
        settings = Webhook(f"http://{HOST}:{hook.port}/{PATH}")
        with pytest.raises(NotSent, match=r"within 0\.5 seconds"):
            within(0.5, "The webhook", lambda: send_webhook(settings, message))


def test_settings_can_be_printed_without_their_secrets() -> None:
    printed = repr(_mail(25, None, user="Zq7-user", password=SECRET)) + repr(
        Webhook(f"https://x/{PATH}", "", "Zq7")
    )
    assert "Zq7" not in printed


def test_every_kind_of_cause_is_explained_on_a_page_that_exists() -> None:
    for kind, advice in ADVICE.items():
        page, _, anchor = advice.page.partition("#")
        text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
        headings = [
            line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")
        ]
        assert anchor in headings, kind


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
