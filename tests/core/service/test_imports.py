import io

from sqlalchemy import func, select

from core.service.cause import office_cause
from core.service.imports.engine import Errand
from core.service.imports.kinds import Asked, import_file
from core.service.imports.report import Report, refusals
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world

HEADER = "sku,division,name,price,barcodes\n"


def products(database: Database, rows: str | bytes, header: str = HEADER, max_bytes: int | None = None) -> Report:
    content = header.encode() + (rows if isinstance(rows, bytes) else rows.encode())
    errand = Errand("file.csv", office_cause(NOW, "usr-ana"), lambda: NOW, max_bytes)
    report = import_file(database, Asked("products"), io.BytesIO(content), errand)
    assert isinstance(report, Report)
    return report


def test_what_is_refused_is_named_and_the_rest_is_taken(database: Database):
    build_world(database)
    report = products(
        database,
        b"A1,NORD,Mug,12.50,3760120000010\n"
        b"A2,NORD,Bowl,a lot,\n"
        b"A3,NOBODY,Plate,3,\n"
        b"A4,NORD,,3,\n"
        b'A5,NORD,"Vase,3,\n'
        b"A6,NORD,Caf\xe9,3,\n"
        b"A7,NORD,Lamp,3,3760120000027\n"
        b"A8,NORD,Rug,3,3760120000018\n",
    )
    assert (report.rows, dict(report.counts), report.refused) == (8, {"created": 2}, 6)
    assert {refusal.line: (refusal.code, refusal.field) for refusal in report.refusals} == {
        3: ("not_an_amount", "price"),
        4: ("division_unknown", "division"),
        5: ("value_missing", "name"),
        6: ("broken_quotes", ""),
        7: ("wrong_encoding", ""),
        9: ("barcode_invalid", "barcodes"),
    }
    assert all(refusal.remedy and refusal.raw for refusal in report.refusals)


def test_every_refused_row_is_kept_whole(database: Database):
    build_world(database)
    report = products(database, "A1,NORD,Mug,1,\n" + "".join(f"B{n},NOBODY,Mug,1,\n" for n in range(450)))
    assert (report.refused, len(report.refusals)) == (450, 200)
    with database.read() as connection:
        run = connection.execute(select(t.import_runs)).one()
        kept = list(refusals(connection, report.id, limit=1000))
    assert (run.rows, run.refused, run.counts, run.user_id) == (451, 450, {"created": 1}, "usr-ana")
    assert [row.number for row in kept] == list(range(1, 451))
    assert '"sku": "B449"' in kept[-1].raw


def test_the_same_file_again_changes_nothing(database: Database):
    build_world(database)
    rows = "A1,NORD,Mug,12.50,3760120000010\nA2,NORD,Bowl,3,\n"
    products(database, rows)
    assert dict(products(database, rows).counts) == {"unchanged": 2}
    assert dict(products(database, rows.replace("12.50", "13")).counts) == {"updated": 1, "unchanged": 1}


def test_a_bar_code_of_another_article_refuses_its_row_alone(database: Database):
    build_world(database)
    report = products(database, "A1,NORD,Mug,1,3760120000010\nA2,NORD,Bowl,1,3760120000010\nA3,NORD,Cup,1,\n")
    assert (dict(report.counts), dict(report.by_code)) == ({"created": 2}, {"already_used": 1})
    with database.read() as connection:
        assert (
            connection.execute(select(t.barcodes.c.sku).where(t.barcodes.c.gtin == "03760120000010")).scalar() == "A1"
        )


def test_a_file_that_cannot_be_read_is_a_report_too(sqlite_database: Database):
    build_world(sqlite_database)
    assert products(sqlite_database, "", header="").code == "file_empty"
    assert products(sqlite_database, "A1,Mug\n", header="sku,name\n").code == "columns_missing"
    cut = products(sqlite_database, "A1,NORD,Mug,1,\n" * 100, max_bytes=500)
    assert cut.code == "file_too_big"
    with sqlite_database.read() as connection:
        codes = connection.execute(select(t.import_runs.c.code).order_by(t.import_runs.c.code)).scalars().all()
        assert connection.execute(select(func.count()).select_from(t.import_runs)).scalar() == 3
    assert codes == ["columns_missing", "file_empty", "file_too_big"]


def test_an_unknown_kind_or_mapping_is_refused(sqlite_database: Database):
    build_world(sqlite_database)
    errand = Errand("file.csv", office_cause(NOW), lambda: NOW)
    for asked, code in (
        (Asked("wishes"), "import_kind_unknown"),
        (Asked("orders", "online-wholesale"), "mapping_unknown"),
    ):
        refused = import_file(sqlite_database, asked, io.BytesIO(b""), errand)
        assert isinstance(refused, Refusal)
        assert refused.code == code
