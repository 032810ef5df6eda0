"""A file is what its bytes are; what is not safe or not a table is refused with advice."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest
import xlwt

from civic_assets.errors import FileRefused
from civic_assets.readers.containers import zip_directory
from civic_assets.readers.detect import Format, sniff
from civic_assets_tests.readers.bad_files import (
    CONTENT_TYPES,
    ole2_with,
    sheet_xml,
    xlsx_members,
    xlsx_of,
    zip_of,
)

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


@pytest.fixture
def file(tmp_path: Path):
    """Writes bytes under the name that a publisher's link would give them."""

    def write(data: bytes, name: str = "tables.xlsx") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as caught:
        sniff(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path.name}: ")
    assert sentence.endswith(".")
    return sentence


def xls_bytes() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("Table 1").write(0, 0, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (xlsx_of(ROW), Format.XLSX),
        (xls_bytes(), Format.XLS),
        (zip_of({"mimetype": ODS_TYPE, "content.xml": b"<x/>"}, zipfile.ZIP_STORED), Format.ODS),
        (zip_of({"2024-01/2024-01-city-street.csv": b"a,b\n"}), Format.ZIP),
        (zip_of({"policeforceareatables.xlsx": xlsx_of(ROW)}), Format.ZIP),
        (b"a,b\n1,2\n", Format.CSV),
        (b"\xef\xbb\xbfa,b\n1,2\n", Format.CSV),
        (b"Area,<5 suppressed\n", Format.CSV),
        (b"[note 1] Figures, provisional\na,b\n", Format.CSV),
        ("Area;Härte\n".encode("cp1252"), Format.CSV),
        (b'{"date": "2026-06-01"}\n', Format.JSON),
        (b"[]\n", Format.JSON),
        (b'\xef\xbb\xbf [{"id": 1}]', Format.JSON),
    ],
)
@pytest.mark.parametrize("name", ["tables.xlsx", "data.csv", "download"])
def test_the_format_is_in_the_bytes_and_not_in_the_name(file, data, expected, name):
    assert sniff(file(data, name)) is expected


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf\r\n"])
def test_an_empty_download_is_refused_with_the_advice_to_fetch_again(file, data):
    assert "download the file again" in refusal(file(data, "data.csv"))


@pytest.mark.parametrize("name", ["tables.xlsx", "data.csv"])
@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>404</body></html>",
        b"\xef\xbb\xbf\r\n  <!DOCTYPE html><html><head><title> Page\nnot found </title></head></html>",
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- cached -->\n<html xmlns="http://www.w3.org/1999/xhtml">',
        b"Warning: cannot connect in index.php\n<HTML lang=en><body>",
        b"<h1>503 Service Unavailable</h1>",
        "<!doctype html><p>Sign in</p>".encode("utf-16"),
    ],
)
def test_a_web_page_under_a_tables_name_is_called_a_web_page(file, page, name):
    sentence = refusal(file(page, name))
    assert "web page" in sentence
    assert "download the file again" in sentence


def test_the_title_of_an_error_page_is_quoted(file):
    page = b"<html><head><title>Page\n not found</title></head></html>"
    assert "titled 'Page not found'" in refusal(file(page))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', "XML document"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"\x1f\x8b\x08\x00abc", "gzip"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither a spreadsheet nor text"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b'{"results": [{"a": 1}, {"a"', "cut short"),
    ],
)
def test_what_is_not_a_table_is_named_for_what_it_is(file, data, words):
    assert words in refusal(file(data, "data.csv"))


@pytest.mark.parametrize("keep", [0.05, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short_is_refused(file, keep):
    whole = xlsx_of(ROW * 50)
    sentence = refusal(file(whole[: int(len(whole) * keep)]))
    assert "cut short or damaged" in sentence
    assert "Download the file again" in sentence


def test_a_workbook_with_bytes_missing_in_its_middle_is_refused(file):
    whole = xlsx_of("".join(f'<row r="{n}"><c r="A{n}"><v>{n * n}</v></c></row>' for n in range(1, 500)))
    middle = len(whole) // 2
    assert "Download the file again" in refusal(file(whole[: middle - 100] + whole[middle:]))


@pytest.mark.parametrize("stream", ["EncryptedPackage", "EncryptionInfo"])
def test_an_encrypted_workbook_asks_for_a_copy_without_password(file, stream):
    sentence = refusal(file(ole2_with(stream)))
    assert "password" in sentence
    assert "save it without one" in sentence


def test_a_workbook_encrypted_by_a_spreadsheet_program_is_recognised(file):
    msoffcrypto = pytest.importorskip(
        "msoffcrypto", reason="msoffcrypto-tool, of the dev extra, is not installed"
    )
    from msoffcrypto.format.ooxml import OOXMLFile

    assert msoffcrypto
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx_of(ROW))).encrypt("secret", encrypted)
    assert "password" in refusal(file(encrypted.getvalue()))


def test_a_protected_xls_is_recognised_by_its_filepass_record(file):
    plain = xls_bytes()
    at = plain.index(struct.pack("<HH", 0x0809, 16))
    first = at + 20  # the record after BOF
    length = struct.unpack_from("<H", plain, first + 2)[0]
    protected = plain[:first] + struct.pack("<HH", 0x002F, length) + plain[first + 4 :]
    assert "password" in refusal(file(protected, "old.xls"))


def test_a_truncated_xls_is_refused(file):
    assert "cut short or damaged" in refusal(file(xls_bytes()[:1500], "old.xls"))


def test_an_old_word_document_is_not_a_workbook(file):
    assert "Word document" in refusal(file(ole2_with("WordDocument"), "old.xls"))


def test_an_encrypted_zip_member_is_refused(file):
    data = bytearray(zip_of({"street.csv": b"a,b\n"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(file(bytes(data), "archive.zip"))


def test_an_encrypted_ods_is_refused(file):
    members = {
        "mimetype": ODS_TYPE,
        "META-INF/manifest.xml": b"<m><encryption-data/></m>",
        "content.xml": b"?",
    }
    assert "password" in refusal(file(zip_of(members), "tables.ods"))


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.bin": b""}, "binary workbook (xlsb)"),
        ({**xlsx_members(sheet_xml(ROW)), "xl/vbaProject.bin": b"x"}, "macros"),
        (
            {
                **xlsx_members(sheet_xml(ROW)),
                "[Content_Types].xml": CONTENT_TYPES + b"sheet.macroEnabled.main+xml",
            },
            "macros",
        ),
    ],
)
def test_workbooks_that_run_code_or_are_binary_ask_for_xlsx(file, members, words):
    sentence = refusal(file(zip_of(members)))
    assert words in sentence
    assert "Save it as xlsx" in sentence


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"}, "Word document"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "opendocument.text"),
        ({"[Content_Types].xml": b"<Types/>"}, "without a workbook"),
        ({}, "empty zip container"),
    ],
)
def test_other_office_documents_are_named(file, members, words):
    assert words in refusal(file(zip_of(members)))


def test_a_member_of_a_thousand_times_its_size_is_a_bomb(file):
    bomb = zip_of(xlsx_members(sheet_xml(" " * (8 * zip_directory.MIB))))
    sentence = refusal(file(bomb))
    assert "zip bomb" in sentence
    assert "sheet1.xml" in sentence


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("xlsx", xlsx_members(sheet_xml(ROW))),
        ("ods", {"mimetype": ODS_TYPE, "content.xml": b"<x/>"}),
        ("zip", {"a.csv": b"a,b"}),
    ],
)
def test_the_declared_size_of_all_members_is_limited(file, monkeypatch, kind, members):
    limit = zip_directory.SizeLimit(1, "of this test")
    monkeypatch.setitem(zip_directory.LIMITS, kind, limit)
    assert "of this test" in refusal(file(zip_of(members)))


def test_the_home_office_file_of_1_4_gb_is_not_a_bomb():
    content = zipfile.ZipInfo("content.xml")
    content.file_size, content.compress_size = 1_400_000_000, 50_000_000
    zip_directory._refuse_bomb([content], "ods", "prc-csp.ods")


def test_archives_of_archives_are_refused(file):
    assert "archives inside" in refusal(file(zip_of({f"{n}.zip": b"PK" for n in range(51)}), "a.zip"))


def test_absurdly_many_members_are_refused(file, monkeypatch):
    monkeypatch.setattr(zip_directory, "ZIP_MEMBERS", 3)
    assert "holds 4 members" in refusal(file(zip_of({str(n): b"" for n in range(4)}), "a.zip"))


def test_overlapping_members_are_refused(file):
    data = bytearray(zip_of({"a.csv": b"1" * 200, "b.csv": b"2" * 200}, zipfile.ZIP_STORED))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", data, second + 42, 0)  # both entries of the directory point to the first member
    assert "overlap" in refusal(file(bytes(data), "a.zip"))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_document_type_in_a_workbook_is_refused(file, part):
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    sentence = refusal(file(zip_of({**xlsx_members(sheet_xml(ROW)), part: laughs})))
    assert "DOCTYPE" in sentence
    assert part in sentence


def test_a_missing_file_is_a_sentence_and_not_a_traceback(tmp_path):
    with pytest.raises(FileRefused, match="cannot be opened"):
        sniff(tmp_path / "absent.xlsx")


def test_the_name_the_user_knows_is_the_one_in_the_sentence(file):
    with pytest.raises(FileRefused, match=r"^pfatables\.xlsx: is empty"):
        sniff(file(b"", "c3bd6fb9"), "pfatables.xlsx")


@pytest.mark.real_data
def test_real_files_are_what_their_publishers_call_them_and_sniffing_is_quick(real_data):
    for path in sorted(p for p in real_data.rglob("*") if p.suffix in (".xlsx", ".csv", ".json")):
        fastest = float("inf")
        for _ in range(3):
            begin = time.perf_counter()
            assert sniff(path) == path.suffix[1:]
            fastest = min(fastest, time.perf_counter() - begin)
        # 2 ms measured; the limit leaves room for a busy machine.
        assert fastest < 0.02
