"""Certificates: an expired, foreign or misnamed one ends in a sentence, and nothing is asked."""

from __future__ import annotations

import pytest
from certifi import where

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.client import open_client
from civic_assets.acquire.settings import Replay, Settings
from civic_assets_tests.acquire.conftest import HOST, QUICK
from civic_assets_tests.replay.authority import Authority
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.site import PlainSite

LIST = f"https://{HOST}/list.json"


@pytest.mark.parametrize(("kind", "words"), [("expired", "has expired"), ("untrusted", "not trusted here")])
def test_a_bad_certificate_is_refused_at_once(publisher, kind: str, words: str) -> None:
    site = publisher(Fault(kind))
    with pytest.raises(NotObtained, match=words) as refused:
        site.asks().read(LIST)
    assert (refused.value.kind, refused.value.attempts) == ("certificate", 1)
    assert not site.server.requests and not site.clock.waits


def test_a_certificate_for_another_host_is_refused(tmp_path) -> None:
    authority = Authority(["other.example"])
    with ReplayServer([PlainSite((HOST,))], authority=authority) as server:
        host, _, port = server.address.rpartition(":")
        replay = Replay(host, int(port), str(authority.write(tmp_path / "a.pem")))
        with (
            open_client(tmp_path / "store", Settings(replay=replay), limits=QUICK) as client,
            pytest.raises(NotObtained, match="is for another host"),
        ):
            client.bound_to("plain", [HOST]).read(LIST)


def test_the_test_authority_is_trusted_only_in_tests(tmp_path, publisher) -> None:
    site = publisher()
    replay = site.client().settings.replay
    with (
        open_client(
            tmp_path / "s", Settings(replay=Replay(replay.host, replay.port, where())), limits=QUICK
        ) as client,
        pytest.raises(NotObtained, match="not trusted here"),
    ):
        client.bound_to("plain", [HOST]).read(LIST)
