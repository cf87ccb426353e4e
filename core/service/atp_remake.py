"""A change that concerns every article: the projection is made again by jobs, some articles a transaction.

The change itself only says that all rows are old (`stock_book.step`). From its commit on nobody believes a row of an
older generation: who reads it computes the sum from the positions, who moves its stock makes it again. So an answer is
right at any moment, and the jobs only make it fast again. Each job does its articles, says how far it has come and
leaves the next job, in one transaction; one of an older generation than the last change finds nothing to do.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from core.service import atp_projection, stock_book
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job, schedule
from core.store import tables as t

REMAKE: Final = "remake_atp"
POSITIONS_AT_ONCE = 2_000  # a network that has no more is made again within the change
ARTICLES_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Progress:
    """`articles_done` of `articles` are made by the rules of now; `done_at`: None while some are not, or never were."""

    articles_done: int
    articles: int
    begun_at: datetime | None
    done_at: datetime | None


def make_all(connection: Connection, cause: Cause) -> None:
    """After a change of rules, catalogues or active locations that names no article, in its transaction."""
    book = stock_book.step(connection, all_rows=True)
    few = select(t.positions.c.sku).limit(POSITIONS_AT_ONCE + 1).subquery()
    if connection.execute(select(func.count()).select_from(few)).scalar_one() <= POSITIONS_AT_ONCE:
        atp_projection.rebuild(connection, book)
        connection.execute(update(t.atp_remakes).values(begun_at=cause.at, done_at=cause.at))
        return
    begun = {"wanted": book.generation, "after": "", "articles": 0, "begun_at": cause.at, "done_at": None}
    if connection.execute(update(t.atp_remakes).values(begun)).rowcount != 1:
        connection.execute(insert(t.atp_remakes).values(id=1, made=0, **begun))
    schedule(connection, cause, [Job(REMAKE, cause.at, str(book.generation))])


def go_on(connection: Connection, cause: Cause, generation: int, articles: int | None = None) -> int:
    """Makes the next articles of this generation, and says who makes those after. How many it made."""
    book = stock_book.book_of(connection, shared=True)
    state = progress_row(connection)
    if book.generation != generation or book.whole or state is None:
        return 0
    skus = _next(connection, state.after, articles or ARTICLES_AT_ONCE)
    if not skus:
        _finish(connection, cause, generation, state.articles)
        return 0
    touched = atp_projection.touched(connection)
    assert touched is not None, "rows are made where stock can be moved"
    # Before the commit, last of all, like any other write: so that nobody waits in a circle.
    touched.supplied.update(skus)
    told = {"after": skus[-1], "articles": state.articles + len(skus)}
    connection.execute(update(t.atp_remakes).values(told))
    schedule(connection, cause, [Job(REMAKE, cause.at, str(generation))])
    return len(skus)


def _next(connection: Connection, after: str, limit: int) -> list[str]:
    """Articles that are somewhere or coming, in their order."""
    p, i = t.positions.c, t.inbound.c
    here = select(p.sku).where(p.sku > after).group_by(p.sku).order_by(p.sku).limit(limit)
    coming = select(i.sku).where(i.sku > after, i.state == "expected").group_by(i.sku).order_by(i.sku).limit(limit)
    return sorted({*connection.execute(here).scalars(), *connection.execute(coming).scalars()})[:limit]


def _finish(connection: Connection, cause: Cause, generation: int, articles: int) -> None:
    """What is still old is of catalogues and articles that are nowhere any more."""
    connection.execute(delete(t.atp).where(t.atp.c.generation != generation))
    connection.execute(update(t.atp_remakes).values(made=generation, done_at=cause.at))
    stock_book.forget(connection)
    told = {"articles": articles}
    record(connection, cause, [Happening("AvailabilityRemade", "stock_rules", str(generation), data=told)])


def progress_row(connection: Connection) -> Any:
    return connection.execute(select(t.atp_remakes)).first()


def progress(connection: Connection) -> Progress:
    """How far the last change that concerned every article has come."""
    known, v = progress_row(connection), t.variants.c
    if known is None:
        return Progress(0, 0, None, None)
    total = connection.execute(select(func.count()).select_from(t.variants)).scalar_one()
    if known.made == known.wanted:
        return Progress(total, total, known.begun_at, known.done_at)
    done = connection.execute(select(func.count()).select_from(t.variants).where(v.id <= known.after)).scalar_one()
    return Progress(done, total, known.begun_at, None)
