"""The other side of a replay in a process of its own, beside this one: the same answers in half the time.

It is started before the question is known, while that is still being read, and ends with its context. A process that
is made anew (not forked) has none of this one's threads, locks and connections.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

from core.service.replay_side import STEP, Answer, Question, decided

Decide = Callable[[Question], Iterator[Answer]]
WORTH_IT: Final = 1_500  # orders: fewer are decided sooner than a process has started


@contextmanager
def beside(orders: int) -> Iterator[Decide]:
    """What decides the other side of so many orders. EOFError, in its answers: the process has died."""
    if orders < WORTH_IT or (os.cpu_count() or 1) < 2:
        yield decided
        return
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_answer, args=(there,), name="replay", daemon=True)
    process.start()
    there.close()
    try:
        yield lambda question: _asked(here, question)
    finally:
        here.close()
        process.kill()
        process.join()


def _asked(there: Connection, question: Question) -> Iterator[Answer]:
    """The question is on its way when this returns: it is answered while the caller decides its own side."""
    there.send(question)
    return (there.recv() for _ in range(0, len(question.orders), STEP))


def _answer(asker: Connection) -> None:
    for answer in decided(asker.recv()):
        asker.send(answer)
