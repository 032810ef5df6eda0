"""Settings: what may be said in civic.toml, and the test setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.settings import Settings, read_settings
from civic_assets.errors import UsageError


def written(folder: Path, text: str) -> Path:
    path = folder / "civic.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_london_is_wanted(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings(environment={})
    assert settings == Settings()
    assert settings.areas == Areas(("metropolitan", "city-of-london"), ())
    assert not settings.named and settings.replay is None


def test_a_file_says_who_asks_and_for_what(tmp_path, monkeypatch) -> None:
    path = written(
        tmp_path,
        """
        [organisation]
        name = "Example Council"
        site = "https://www.example.org/data"
        [areas]
        forces = ["west-midlands"]
        authorities = ["E08000025"]
        """,
    )
    settings = read_settings(path, {})
    assert settings.named
    assert settings.user_agent.endswith("(Example Council +https://www.example.org/data)")
    assert settings.areas == Areas(("west-midlands",), ("E08000025",))
    assert read_settings(environment={"CIVIC_SETTINGS": str(path)}) == settings
    monkeypatch.chdir(tmp_path)
    assert read_settings(environment={}) == settings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[organisation]\nname = 'a@b.example'", "organisation.name"),
        ("[organisation]\nname = 'A (B)'", "organisation.name"),
        ('[organisation]\nname = "A\\r\\nX-Header: 1"', "organisation.name"),
        ("[organisation]\nsite = 'example'", "organisation.site"),
        ("[organisation]\nsite = 'https://somebody@example.org'", "organisation.site"),
        ("[organisation]\nmail = 'x'", "organisation.mail is not a setting"),
        ("[areas]\nforces = 'metropolitan'", "areas.forces"),
        ("[areas]\nauthorities = ['Hackney']", "areas.authorities"),
        ("[areas]\nforce = []", "areas.force is not a setting. Known here are authorities, forces"),
        ("areas = 3", "areas should be a section"),
        ("[fetching]\nx = 1", "fetching is not a setting"),
        ("[areas", "cannot be read"),
    ],
)
def test_a_slip_in_the_file_ends_in_a_sentence(tmp_path, text: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_settings(written(tmp_path, text), {})
    assert words in str(refused.value) and "civic.toml" in str(refused.value)


def test_a_file_that_was_named_must_exist(tmp_path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_settings(environment={"CIVIC_SETTINGS": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1:443",
        "example.org:443",
        "127.0.0.1",
        "127.0.0.1:x",
        "0.0.0.0:1",
        "127.0.0.1:0",
        "127.0.0.1:65536",
    ],
)
def test_only_loopback_addresses_are_replayed(tmp_path, address: str) -> None:
    authority = tmp_path / "a.pem"
    authority.write_text("x")
    with pytest.raises(UsageError, match="CIVIC_REPLAY should be a loopback address"):
        read_settings(environment={"CIVIC_REPLAY": address, "CIVIC_REPLAY_AUTHORITY": str(authority)})


def test_a_replay_needs_its_authority(tmp_path) -> None:
    with pytest.raises(UsageError, match="CIVIC_REPLAY_AUTHORITY"):
        read_settings(environment={"CIVIC_REPLAY": "127.0.0.1:8443"})


def test_authority_of_a_replay_must_be_a_certificate(tmp_path) -> None:
    authority = tmp_path / "a.pem"
    authority.write_text("x")
    with pytest.raises(UsageError, match=r"CIVIC_REPLAY_AUTHORITY: .*not a certificate"):
        read_settings(
            environment={"CIVIC_REPLAY": "127.0.0.1:8443", "CIVIC_REPLAY_AUTHORITY": str(authority)}
        )


def test_a_file_that_cannot_be_read_ends_in_plain_words(tmp_path) -> None:
    path = tmp_path / "civic.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"cannot be read; save the file as UTF-8\.$"):
        read_settings(path, {})
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\)\.$"):
        read_settings(tmp_path, {})
