"""Templates are compiled once for a user, and a template that changed is compiled again."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from jinja2 import DictLoader, Environment

from civic_assets.publish.report.compiled_templates import CompiledTemplates


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("CIVIC_CACHE", str(folder))
    return folder


def _rendered(text: str) -> str:
    loader = DictLoader({"page": text})
    return Environment(loader=loader, bytecode_cache=CompiledTemplates()).get_template("page").render()


def _compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    compile_ = Environment.compile

    def counted(self: Environment, source: str, *given: object, **named: object) -> object:
        seen.append(source)
        return compile_(self, source, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    return seen


def test_an_unchanged_template_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _compilations(monkeypatch)
    assert [_rendered("{{ 1 + 1 }}"), _rendered("{{ 1 + 1 }}")] == ["2", "2"]
    assert seen == ["{{ 1 + 1 }}"]


def test_a_changed_template_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _compilations(monkeypatch)
    assert [_rendered("{{ 1 + 1 }}"), _rendered("{{ 2 + 1 }}")] == ["2", "3"]
    assert len(seen) == 2


def test_what_another_user_may_have_written_is_not_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _rendered("{{ 1 + 1 }}")
    cache.chmod(0o777)
    seen = _compilations(monkeypatch)
    assert _rendered("{{ 1 + 1 }}") == "2"
    assert seen == ["{{ 1 + 1 }}"]
