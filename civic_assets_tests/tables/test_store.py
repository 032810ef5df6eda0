"""Tables that never change under their hash."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.tables import TableStore, input_key
from civic_assets.tables.atomic import atomic_write_bytes, atomic_write_text
from civic_assets.tables.store import parquet_bytes

WHERE = ("harmonised", "ons_csp", "2024-12.r2")
FIGURES = pa.table(
    {
        "area_code": ["E09000019", "E09000033", "E09000001"],
        "value": pa.array([137.04, None, 0.0]),
        "status": pa.array([None, "suppressed", None]),
        "count": pa.array([30201, None, 0], pa.int64()),
    }
)


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    return TableStore(tmp_path / "tables")


def test_table_comes_back_as_it_went_in_under_the_hash_of_its_bytes(store: TableStore) -> None:
    ref = store.write(*WHERE, FIGURES, "key")
    assert ref.path == store.root.joinpath(*WHERE, f"{ref.hash}.parquet")
    assert ref.hash == hashlib.sha256(ref.path.read_bytes()).hexdigest()
    assert (ref.rows, ref.key, store.current(*WHERE)) == (3, "key", ref)
    assert store.read(ref).equals(FIGURES)
    assert store.read(ref, ["count", "area_code"]).column_names == ["count", "area_code"]


def test_folder_above_the_store_never_becomes_a_column(tmp_path: Path) -> None:
    store = TableStore(tmp_path / "year=2024" / "tables")
    assert store.read(store.write(*WHERE, FIGURES, "key")).column_names == FIGURES.column_names


VALUES = st.lists(
    st.tuples(
        st.none() | st.text(max_size=5), st.none() | st.floats(allow_nan=False), st.none() | st.booleans()
    ),
    max_size=30,
)


@given(VALUES, st.integers(0, 30))
def test_equal_tables_give_equal_bytes_however_they_were_put_together(
    rows: list[tuple[str | None, float | None, bool | None]], cut: int
) -> None:
    schema = pa.schema([("text", pa.string()), ("value", pa.float64()), ("flag", pa.bool_())])
    whole = pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
    pieces = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
    noted = whole.replace_schema_metadata({"pandas": "written by some version"})
    for other in (pieces, noted):
        assert other.equals(whole)
        assert parquet_bytes(other) == parquet_bytes(whole)


def test_bytes_do_not_depend_on_the_process_or_on_a_pandas_index(store: TableStore) -> None:
    code = (
        "import sys, pyarrow as pa; from civic_assets.tables.store import parquet_bytes;"
        "sys.stdout.buffer.write(parquet_bytes(pa.table({'a': list(range(2000)), 'b': ['x', None] * 1000})))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    ).stdout
    frame = pd.DataFrame({"a": list(range(2000)), "b": ["x", None] * 1000}, index=range(5, 2005))
    schema = pa.schema([("a", pa.int64()), ("b", pa.string())])
    assert elsewhere == parquet_bytes(pa.Table.from_pandas(frame, schema, preserve_index=False))


def test_file_with_the_same_hash_is_not_rewritten(store: TableStore) -> None:
    first = store.write(*WHERE, FIGURES, "key")
    os.utime(first.path, ns=(1, 1))
    again = store.write(*WHERE, FIGURES.slice(0), "other key")
    assert (again.path, again.hash, again.path.stat().st_mtime_ns) == (first.path, first.hash, 1)
    assert store.current(*WHERE) == again
    assert again.key == "other key"


def test_table_that_is_replaced_stays_readable_for_those_who_hold_it(store: TableStore) -> None:
    old = store.write(*WHERE, FIGURES, "key")
    new = store.write(*WHERE, FIGURES.slice(1), "key 2")
    assert store.current(*WHERE) == new
    assert store.read(old).equals(FIGURES)


def test_table_is_fresh_only_for_the_inputs_it_was_made_from(store: TableStore) -> None:
    assert not store.is_fresh(*WHERE, "key")
    store.write(*WHERE, FIGURES, "key")
    assert store.is_fresh(*WHERE, "key")
    assert not store.is_fresh(*WHERE, "key 2")
    store.forget(*WHERE)
    store.forget(*WHERE)
    assert not store.is_fresh(*WHERE, "key")
    assert len(list(store.root.joinpath(*WHERE).glob("*.parquet"))) == 1


@pytest.mark.parametrize(
    "damage", ["missing", "empty", "cut short", "torn current", "older version", "other JSON"]
)
def test_damaged_table_counts_as_absent_and_is_made_again(store: TableStore, damage: str) -> None:
    ref = store.write(*WHERE, FIGURES, "key")
    current = ref.path.with_name("current.json")
    entry = json.loads(current.read_text())
    {
        "missing": lambda: ref.path.unlink(),
        "empty": lambda: ref.path.write_bytes(b""),
        "cut short": lambda: ref.path.write_bytes(ref.path.read_bytes()[:-1]),
        "torn current": lambda: current.write_text('{"key": "k'),
        "older version": lambda: current.write_text(json.dumps(entry | {"schema_version": 0})),
        "other JSON": lambda: current.write_text(json.dumps({"schema_version": entry["schema_version"]})),
    }[damage]()
    assert store.current(*WHERE) is None
    assert not store.is_fresh(*WHERE, "key")
    assert store.releases("harmonised", "ons_csp") == []
    assert store.write(*WHERE, FIGURES, "key") == ref == store.current(*WHERE)
    assert store.read(ref).equals(FIGURES)


@pytest.mark.parametrize("rows", [0, 3])
def test_head_and_dictionaries_are_the_same_table(store: TableStore, rows: int) -> None:
    table = pa.table(
        {"area": pa.array(["Islington", None, "Islington"][:rows], pa.string()), "n": [1, 2, 3][:rows]}
    )
    ref = store.write("validated", "met_borough", "2024-01", table, "key")
    assert store.head(ref, 2).equals(table.slice(0, 2))
    coded = store.read(ref, ["area"], dictionaries=["area"])
    assert pa.types.is_dictionary(coded.schema.field("area").type)
    assert coded["area"].to_pylist() == table["area"].to_pylist()


def test_releases_are_those_with_a_table_in_order(store: TableStore) -> None:
    for release in ("2025-03", "2024-12.r10", "2024-12.r2", "2024-12"):
        store.write("raw", "ons_csp", release, FIGURES, "key")
    store.write_json("raw", "ons_csp", "2023-12", {"held": "back"}, "key")
    assert store.releases("raw", "ons_csp") == ["2024-12", "2024-12.r2", "2024-12.r10", "2025-03"]
    assert store.releases("validated", "ons_csp") == store.releases("raw", "met_borough") == []
    assert store.names("raw", "ons_csp") == ["2023-12", "2024-12", "2024-12.r2", "2024-12.r10", "2025-03"]
    assert store.names("validated", "ons_csp") == []


def test_stray_file_next_to_releases_is_no_release(store: TableStore) -> None:
    store.write(*WHERE, FIGURES, "key")
    (store.root / "harmonised" / "ons_csp" / ".DS_Store").write_text("")
    assert store.releases("harmonised", "ons_csp") == store.names("harmonised", "ons_csp") == [WHERE[2]]


@pytest.mark.parametrize("where", [("..", "s", "r"), ("raw", "a/b", "r"), ("raw", "s", "")])
def test_table_never_leaves_its_store(store: TableStore, where: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="must consist of"):
        store.write(*where, FIGURES, "key")
    assert not store.root.exists()


def test_document_is_kept_with_the_table_and_known_by_its_inputs(store: TableStore) -> None:
    document = {"title": "Größe", "tables": ["C2"], "periods": {"b": 1, "a": None}}
    path = store.write_json(*WHERE, document, "key")
    assert path == store.root.joinpath(*WHERE, "facts.json")
    assert store.read_json(*WHERE) == store.read_json(*WHERE, key="key") == document
    assert store.read_json(*WHERE, key="key 2") is None
    assert store.read_json("raw", "ons_csp", "2024-12") is None
    os.utime(path, ns=(1, 1))
    store.write_json(*WHERE, {"periods": {"a": None, "b": 1}, "tables": ["C2"], "title": "Größe"}, "key")
    assert path.stat().st_mtime_ns == 1, "the order of keys is no difference"
    path.write_text("{")
    assert store.read_json(*WHERE) is None
    with pytest.raises(ValueError, match="JSON compliant"):
        store.write_json(*WHERE, {"rate": float("nan")}, "key")


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_different_inputs_have_different_keys(a: list[str], b: list[str]) -> None:
    assert (input_key(*a) == input_key(*b)) == (a == b)


def test_write_that_fails_leaves_the_old_file_and_nothing_next_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deep" / "latest.json"
    atomic_write_text(path, "old\n")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            atomic_write_bytes(path, b"new")
    assert path.read_text() == "old\n"
    assert list(path.parent.iterdir()) == [path]


def test_store_is_known_without_loading_pyarrow() -> None:
    code = "import sys, civic_assets.tables; print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
