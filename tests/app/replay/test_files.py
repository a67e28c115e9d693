"""Intake files: what is in them, and what is wrong with them, to the line."""

import gzip
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.replay.replays import document_of, in_memory
from app.replay.usage_files import made_rows, write_csv, write_jsonl, write_parquet
from policyengine.app.replay import csv_rows, json_rows
from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.files import rows_of, usage_file

ROWS = made_rows(seed=2, count=30)

SMALL = """\
format: 1
mapping: small
about: Two columns of a made-up file.
columns: {who: who, t: at, prompt: usage.in}
wallets: {named_by: [who], plan: pro, still_short: refuse}
models: {otherwise: {model: standard}}
time: {column: t, unit: seconds, zero_at: 2026-02-01T00:00:00Z}
units: {text_input: prompt}
without_usage: skip
"""


def test_the_digest_is_of_the_content_and_not_of_its_packing(tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "usage.csv", ROWS)
    packed = write_csv(tmp_path / "usage.csv.gz", ROWS)
    assert plain.read_bytes() != packed.read_bytes()
    document = document_of()
    assert usage_file(plain, document).sha256 == usage_file(packed, document).sha256


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ana,1", "it has 2 cells, the header has 3"),
        ("ana,1,2,3", "it has 4 cells, the header has 3"),
        ('ana,1,"2"3', "',' expected after '\"'"),
        ("ana,soon,2", "`t`: `soon` is no number"),
        ("ana,1,2 tokens", "`prompt`: `2 tokens` is no number"),
        ("ana,1,0x10", "`prompt`: `0x10` is no number"),
        ("ana,1,1_000", "`prompt`: `1_000` is no number"),
        ("ana,1,١٢", "`prompt`: `١٢` is no number"),
        ("ana,1,-2", "`text_input` is -2, below 0"),
        ("ana,1,2.5", "`text_input` is 2.5, not whole; say `rounding` in the mapping"),
        ("ana,1,1e13", "`text_input` is more than 10^12"),
        ("ana,1,1e999", "`prompt`: `1e999` is no number"),
        ("ana,1,", "`prompt` is blank; say `blank: {prompt: skip}`, or `zero`"),
        ("ana,,2", "`t` is blank; say `blank: {t: skip}`, or `zero`"),
        ("ana,1e20,2", "`t` is 100000000000000000000, beyond the year 9000"),
        (f"{'a' * 5000},1,2", "`who`: it has more than 4,000 characters"),
    ],
)
def test_a_bad_row_is_counted_with_its_line_and_what_is_wrong(
    tmp_path: Path, line: str, message: str
) -> None:
    file = tmp_path / "usage.csv"
    file.write_text(f"who,at,usage.in\nana,1,2\n\n{line}\nbo,2,3\n", encoding="utf-8")
    totals, _ = in_memory(file, SMALL)
    assert [(2, 4, message)] == totals.first_bad
    assert (totals.bad, totals.accepted.charges) == (1, 2)


def test_bytes_that_are_no_utf_8_spoil_their_row_only(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_bytes(b"who,at,usage.in\nm\xfcller,1,2\nbo,2,3\n")
    totals, _ = in_memory(file, SMALL)
    assert totals.first_bad == [(1, 2, "`who`: it is not UTF-8")]
    assert totals.accepted.charges == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"who": "ana", "at": 1, "usage": {"in": 2}', "it is no JSON: "),
        ("[1, 2, 3]", "it is no JSON object"),
        ('{"who": "ana", "at": NaN, "usage": {"in": 2}}', "it is no JSON: `NaN` is no number"),
        ('{"who": ["ana"], "at": 1, "usage": {"in": 2}}', "`who` is an object or list"),
        ('{"who": "ana", "at": 1, "usage": {"in": true}}', "`prompt`: `true` is no number"),
        ('{"who": "ana", "at": 1, "usage": 7}', "`prompt` is blank"),
        ('{"who": "ana", "at": 1, "usage": {"in": 2.5}}', "`text_input` is 2.5, not whole"),
    ],
)
def test_a_bad_line_of_json_is_counted_likewise(tmp_path: Path, line: str, message: str) -> None:
    good = '{"who": "ana", "at": 1.25, "usage": {"in": 2}}'
    file = tmp_path / "usage.jsonl"
    file.write_text(f"{good}\n\n{line}\n{good}\n", encoding="utf-8")
    totals, _ = in_memory(file, SMALL)
    ((number, where, found),) = totals.first_bad
    assert (number, where) == (2, 3)
    assert found.startswith(message)
    assert totals.accepted.charges == 2


def test_members_are_found_by_their_path_or_by_a_name_with_points(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    file.write_text('{"who": "ana", "at": 1, "usage.in": 5, "usage": {"in": 2}}\n')
    (row,) = rows_of(usage_file(file, document_of(SMALL)), document_of(SMALL))
    assert row.cells == ["ana", "1", "5"]


def test_numbers_of_json_never_pass_through_a_float(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    file.write_text('{"who": 7, "at": 0.1, "usage": {"in": 9007199254740993}}\n')
    (row,) = rows_of(usage_file(file, document_of(SMALL)), document_of(SMALL))
    assert row.cells == ["7", "0.1", "9007199254740993"]


def test_parquet_gives_the_cells_that_csv_gives(tmp_path: Path) -> None:
    document = document_of()
    written = [
        list(rows_of(usage_file(path, document), document))
        for path in (
            write_csv(tmp_path / "usage.csv", ROWS),
            write_parquet(tmp_path / "usage.parquet", ROWS),
        )
    ]
    places = [list(document.columns).index(name) for name in ("user", "prompt", "answer", "model")]
    of_csv, of_parquet = (
        [[str(row.cells[place]) for place in places] for row in rows if isinstance(row.cells, list)]
        for rows in written
    )
    assert of_csv == of_parquet
    assert len(of_csv) == len(ROWS)


def test_times_of_parquet_may_be_finer_than_ours(tmp_path: Path) -> None:
    nanoseconds = 1_770_000_000_123_456_789
    columns = {
        "who": ["ana", "bo"],
        "at": pa.array([nanoseconds, None], pa.timestamp("ns", tz="UTC")),
        "usage.in": [3, 4],
    }
    parquet.write_table(pa.table(columns), tmp_path / "usage.parquet")
    mapping = SMALL.replace("unit: seconds, zero_at: 2026-02-01T00:00:00Z", "unit: iso")
    totals, _ = in_memory(tmp_path / "usage.parquet", mapping)
    assert totals.earliest_at == nanoseconds // 1000
    assert totals.first_bad == [(2, 2, "`t` is blank; say `blank: {t: skip}`, or `zero`")]


def test_without_pyarrow_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_parquet(tmp_path / "usage.parquet", ROWS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ReplayError, match=r"pip install 'policyengine-credits\[parquet\]'"):
        list(rows_of(usage_file(file, document_of()), document_of()))


def test_a_column_that_is_missing_is_named_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("who,att,usage.in\n")
    with pytest.raises(ReplayError, match="no column `at`: did you mean `att`"):
        in_memory(file, SMALL)
    file.write_text("who,at,at,usage.in\n")
    with pytest.raises(ReplayError, match="the column `at` more than once"):
        in_memory(file, SMALL)


def test_a_name_that_says_no_type_needs_one_in_the_mapping(tmp_path: Path) -> None:
    file = tmp_path / "usage.log"
    file.write_text("who;at;usage.in\nana;1;2\n")
    with pytest.raises(ReplayError, match="does not say what it is"):
        in_memory(file, SMALL)
    totals, _ = in_memory(file, SMALL + "file: {type: csv, delimiter: ;}\n")
    assert totals.accepted.charges == 1
    file.write_text("who\tat\tusage.in\nana\t1\t2\n")
    totals, _ = in_memory(file, SMALL + "file: {type: csv, delimiter: tab}\n")
    assert totals.accepted.charges == 1


def test_a_packed_file_that_is_cut_off_stops_before_anything_is_charged(tmp_path: Path) -> None:
    whole = gzip.compress(b"who,at,usage.in\n" + b"ana,1,2\n" * 1000)
    (tmp_path / "usage.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(ReplayError, match="cannot be read"):
        in_memory(tmp_path / "usage.csv.gz", SMALL)


@pytest.mark.parametrize("room", [csv_rows, json_rows])
def test_a_line_without_an_end_is_not_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: Any
) -> None:
    names = {csv_rows: ("LINE_LENGTH_MAX", "csv"), json_rows: ("LINE_BYTES_MAX", "jsonl")}
    name, ending = names[room]
    monkeypatch.setattr(room, name, 100)
    file = tmp_path / f"usage.{ending}"
    file.write_text("who,at,usage.in\n" + "a" * 200)
    with pytest.raises(ReplayError, match="has more than 100"):
        in_memory(file, SMALL)


def test_strict_stops_at_the_first_bad_row_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("who,at,usage.in\nana,1,2\nbo,2,x\n")
    with pytest.raises(ReplayError, match=r"line 3 of .*: `prompt`: `x` is no number; nothing"):
        in_memory(file, SMALL, is_strict=True)


def test_only_so_many_rows_are_read_as_asked(tmp_path: Path) -> None:
    totals, _ = in_memory(write_jsonl(tmp_path / "usage.jsonl", ROWS), rows_max=7)
    assert totals.rows == 7
