"""One request and its redirects: asked within the rates, each hop judged, each failure a sentence.

Belongs here: sending, following redirects, and saying what went wrong before the body. Does not belong here: the body
(`bodies`) and trying again (`retries`).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit, urlunsplit

from civic_assets.acquire.http.plain_requests import requests  # isort: skip  (first)
from urllib3.response import BaseHTTPResponse

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.clock import Clock
from civic_assets.acquire.http.addresses import check_address, host_of
from civic_assets.acquire.http.connections import watching
from civic_assets.acquire.http.rates import Rates
from civic_assets.acquire.http.retries import PASSING_STATUS, MayPass, in_london, seconds_to_wait
from civic_assets.acquire.http.waits import Waits
from civic_assets.acquire.http.watch import Watch, Watcher
from civic_assets.acquire.limits import Limits

_LITTLE = 64 * 1024
_EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED
_OTHER_HOST = 62  # X509_V_ERR_HOSTNAME_MISMATCH


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is still to be read.

    Args:
        asked: Address that was asked.
        url: Address that answered, after redirects.
        status: 2xx, or 304 or 416 if the request allows for it.
        headers: Headers, names in lower case.
        raw: The body, as it comes.
        watch: Ends the transfer when its time is over.
    """

    asked: str
    url: str
    status: int
    headers: Mapping[str, str]
    raw: BaseHTTPResponse
    watch: Watch


class Exchange:
    """Makes requests.

    Args:
        session: Session.
        rates: How often hosts may be asked.
        clock: Time.
        limits: How long, and how many redirects.
        waits: Waits that earlier runs were asked for.
    """

    def __init__(
        self, session: requests.Session, rates: Rates, clock: Clock, limits: Limits, waits: Waits
    ) -> None:
        self._session, self._rates, self.clock, self.limits = session, rates, clock, limits
        self._waits = waits
        for host, seconds in waits.left().items():
            rates.hold_host(host, seconds)
        self._watcher = Watcher()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
        self._watcher.close()

    @contextmanager
    def ask(
        self, url: str, hosts: Collection[str], headers: Mapping[str, str], *, also: Collection[int] = ()
    ) -> Iterator[Answer]:
        """Ask for an address.

        Args:
            url: Address.
            hosts: Hosts that may be asked.
            headers: Headers of the request.
            also: Status codes that are wanted apart from 2xx.

        Yields:
            The answer; its connection is closed or kept for the next request at the end.

        Raises:
            NotObtained: There is no such answer; `MayPass` if another try may help.
        """
        watch = Watch(self._watcher)
        response: requests.Response | None = None
        try:
            response = self._follow(url, hosts, headers, watch)
            found = {name.lower(): value for name, value in response.headers.items()}
            if not 200 <= response.status_code < 300 and response.status_code not in also:
                raise self._refusal(url, response.status_code, found)
            yield Answer(url, response.url or url, response.status_code, found, response.raw, watch)
            watch.allow(self.limits.connect)
            _let_go(response)
        finally:
            watch.end()
            watching(None, "")
            if response is not None:
                response.close()

    def _follow(
        self, url: str, hosts: Collection[str], headers: Mapping[str, str], watch: Watch
    ) -> requests.Response:
        asked, came_from = url, None
        for _ in range(self.limits.redirects + 1):
            watching(watch, check_address(asked, hosts, from_url=came_from))
            self._refuse_held(asked)
            self._rates.take(asked)
            response = self._send(asked, headers, watch)
            target = self._session.get_redirect_target(response)
            if target is None:
                return response
            _let_go(response)
            came_from, asked = asked, _joined(asked, target)
        raise NotObtained(
            f"{url}: the publisher redirects more than {self.limits.redirects} times, at last to {asked}. Open the "
            "address in a browser; if it does not lead to the file, the publisher has to correct it.",
            url=url,
            kind="redirect",
        )

    def _send(self, url: str, headers: Mapping[str, str], watch: Watch) -> requests.Response:
        watch.allow(self.limits.answer)
        try:
            return self._session.get(
                url,
                headers=dict(headers),
                stream=True,
                allow_redirects=False,
                timeout=(self.limits.connect, self.limits.read),
            )
        except requests.RequestException as error:
            raise _failure(url, error, watch, self.limits) from error

    def _refuse_held(self, url: str) -> None:
        """Ask nothing of a host that asked for a longer wait than one refresh allows.

        Raises:
            NotObtained: It did; the sentence says until when.
        """
        left = self._rates.held(url)
        if left > self.limits.longest_retry_after:
            until = in_london(self.clock.now() + timedelta(seconds=left))
            raise NotObtained(
                f"{url}: was not asked, because the publisher has asked to wait until {until} (London). Run the "
                "command again after that.",
                url=url,
                kind="too_many_requests",
            )

    def _refusal(self, url: str, status: int, headers: Mapping[str, str]) -> NotObtained:
        """The error for a status that is not wanted."""
        kind = "too_many_requests" if status == 429 else "status"
        said = f"{url}: the publisher answers {status} ({_WORDS.get(status, 'not what was asked for')})"
        after = seconds_to_wait(headers, self.clock.now())
        refusal: NotObtained
        if status not in PASSING_STATUS:
            what = (
                "Open the address in a browser; if it is not there, the publisher has moved or withdrawn it"
            )
            refusal = NotObtained(f"{said}. {what}.", url=url, kind=kind, status=status)
        elif after is not None and after > self.limits.longest_retry_after:
            until = in_london(self.clock.now() + timedelta(seconds=after))
            what = f"asks to wait until {until} (London). Run the command again after that"
            self._waits.put(host_of(url), after)
            refusal = NotObtained(f"{said} and {what}.", url=url, kind=kind, status=status)
        else:
            refusal = MayPass(f"{said}. Try again later.", url=url, kind=kind, status=status, after=after)
        if after is not None:
            self._rates.hold(url, after)
        refusal.headers = dict(headers)
        return refusal


def _let_go(response: requests.Response) -> None:
    """Give the connection back for the next request, if what is left of the body is known to be little."""
    size = response.headers.get("Content-Length", "")
    stated = int(size) if size.isascii() and size.isdecimal() else None
    little = response.status_code == 304 or (stated is not None and stated <= _LITTLE) or response.raw.closed
    if little:
        response.raw.drain_conn()
    response.close()


def _joined(url: str, target: str) -> str:
    """Address that a redirect leads to, without a fragment."""
    try:
        return urlunsplit(urlsplit(urljoin(url, target))._replace(fragment=""))
    except ValueError:
        return target


_WORDS = {
    400: "the request is not understood", 401: "a login is asked for", 403: "access is refused", 404: "not found",
    410: "it is gone", 429: "too many requests", 500: "an error of the server", 502: "an error of a gateway",
    503: "not available at the moment", 504: "a gateway got no answer",
}  # fmt: skip


def inside(error: BaseException, wanted: type[BaseException]) -> BaseException | None:
    """The first error of a type among an error, its causes and its arguments."""
    seen: set[int] = set()
    left: list[BaseException] = [error]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, wanted):
            return one
        more = [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
        left.extend(item for item in more if isinstance(item, BaseException))
    return None


def _failure(url: str, error: BaseException, watch: Watch, limits: Limits) -> NotObtained:
    """The error for a request that was not answered."""
    refused = inside(error, ssl.SSLCertVerificationError)
    if isinstance(refused, ssl.SSLCertVerificationError):
        return _certificate(url, refused)
    if watch.over:
        return MayPass(
            f"{url}: the answer did not begin within {limits.answer:g} seconds. Try again later.",
            url=url,
            kind="timeout",
        )
    if isinstance(error, requests.Timeout):
        what = (
            f"no connection within {limits.connect:g} seconds"
            if isinstance(error, requests.ConnectTimeout)
            else f"no answer within {limits.read:g} seconds"
        )
        return MayPass(f"{url}: {what}. Try again later.", url=url, kind="timeout")
    if inside(error, socket.gaierror) is not None:
        return MayPass(
            f"{url}: the name of the host was not found. Check this machine's connection and name server, and try "
            "again later.",
            url=url,
            kind="name",
        )
    if isinstance(error, requests.ConnectionError):
        return MayPass(
            f"{url}: the publisher could not be reached, or broke the connection off. Check this machine's "
            "connection, and try again later.",
            url=url,
            kind="reset",
        )
    return NotObtained(f"{url}: is not an address that can be asked ({error}).", url=url, kind="address")


def _certificate(url: str, refused: ssl.SSLCertVerificationError) -> NotObtained:
    if refused.verify_code == _EXPIRED:
        what = "has expired"
    elif refused.verify_code == _OTHER_HOST:
        what = "is for another host"
    else:
        what = "is from an authority that is not trusted here"
    return NotObtained(
        f"{url}: the publisher's certificate {what}, so nothing was fetched. Check that this machine's clock is right "
        "and that nothing on this network reads the traffic; otherwise the publisher has to renew the certificate.",
        url=url,
        kind="certificate",
    )
