"""Alerts by e-mail.

Belongs here: sending one message by SMTP. Does not belong here: its text (`message`).
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, make_msgid

from civic_assets.alerts.channel import NotSent
from civic_assets.alerts.message import Message
from civic_assets.alerts.settings import Mail
from civic_assets.house_numbers.alerts import SECONDS_FOR_AN_ANSWER


def send_mail(settings: Mail, message: Message) -> None:
    """Send a message to all addresses.

    Raises:
        NotSent: The server cannot be reached, is not who it claims to be, or refuses the login, the sender or all
            addresses. What servers say is not repeated: some repeat the login.
    """
    where = f"The mail server {settings.server}:{settings.port}"
    try:
        _send(settings, _as_mail(settings, message))
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason or "no secure connection"
        raise NotSent(
            f"{where} could not prove who it is ({reason}). Check server, port, security and authority."
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(
            f"{where} did not accept the login (code {error.smtp_code}). Check the user and the password in the "
            "environment."
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise NotSent(
            f"{where} does not offer what is asked for ({settings.security}{', login' if settings.user else ''}). "
            "Check port and security."
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        raise NotSent(f"{where} refused every address in `to` (code {', '.join(codes)}).") from None
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"{where} refused the message (code {error.smtp_code}).") from None
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise NotSent(f"{where} cannot be used: {reason}. Check server and port.") from None


def _as_mail(settings: Mail, message: Message) -> EmailMessage:
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["Subject"] = message.subject
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    # Mail programs answer alerts of a machine with notices of absence otherwise (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _send(settings: Mail, mail: EmailMessage) -> None:
    context = ssl.create_default_context(cafile=settings.authority or None)
    if settings.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.server, settings.port, timeout=SECONDS_FOR_AN_ANSWER, context=context
        )
    else:
        connection = smtplib.SMTP(settings.server, settings.port, timeout=SECONDS_FOR_AN_ANSWER)
    with connection:
        if settings.security == "starttls":
            connection.starttls(context=context)
        if settings.user:
            connection.login(settings.user, settings.password)
        connection.send_message(mail)
