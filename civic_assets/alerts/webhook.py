"""Alerts by webhook: a JSON document, posted to an address.

Belongs here: posting one message. Does not belong here: the document (`message`).

The address is one that the owner of this installation has chosen. It may be in the private network, so the rules for
publishers' addresses do not apply; redirects are not followed, because they would take the token elsewhere.
"""

from __future__ import annotations

import requests

from civic_assets import __version__
from civic_assets.alerts.channel import NotSent
from civic_assets.alerts.message import Message
from civic_assets.alerts.settings import LOOPBACK, Webhook
from civic_assets.house_numbers.alerts import SECONDS_FOR_AN_ANSWER


def send_webhook(settings: Webhook, message: Message) -> None:
    """Post a message.

    Raises:
        NotSent: The server cannot be reached, is not who it claims to be, or answers with anything but 2xx.
    """
    where = f"The webhook at {settings.host}"
    headers = {"User-Agent": f"civic-assets/{__version__}", "Idempotency-Key": _header(message.id)}
    if settings.token:
        headers["Authorization"] = f"Bearer {settings.token}"
    try:
        with requests.Session() as session:
            session.trust_env = False  # no .netrc: its login is for other programs
            if settings.host not in LOOPBACK:
                session.proxies = requests.utils.get_environ_proxies(settings.address)
            answer = session.post(
                settings.address,
                json=message.document,
                headers=headers,
                timeout=SECONDS_FOR_AN_ANSWER,
                allow_redirects=False,
                stream=True,  # the body is of no interest, however long
                verify=settings.authority or True,
            )
            answer.close()
    except requests.exceptions.SSLError:
        raise NotSent(f"{where} could not prove who it is. Check its address and authority.") from None
    except requests.exceptions.Timeout:
        raise NotSent(
            f"{where} did not answer within {SECONDS_FOR_AN_ANSWER} seconds. It is tried again next time."
        ) from None
    except requests.exceptions.ConnectionError:
        raise NotSent(
            f"{where} cannot be reached. Check its address and this machine's connection."
        ) from None
    except (requests.exceptions.RequestException, OSError, ValueError) as error:
        # The error's own text has the whole address, which may be a secret.
        raise NotSent(f"{where} cannot be used: {type(error).__name__}. Check its address.") from None
    if 300 <= answer.status_code < 400:
        raise NotSent(
            f"{where} answers with a redirect ({answer.status_code}), which is not followed. Set the address that it "
            "leads to."
        )
    if not 200 <= answer.status_code < 300:
        raise NotSent(
            f"{where} did not take the message (status {answer.status_code}). Check address and token."
        )


def _header(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")
