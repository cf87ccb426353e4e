"""`local = fold(rules.apply, base, unfinished commands in order)`, again for what a pull or a verdict touched.

A command may touch several documents and a document several commands: what hangs together is folded together, in the
order the commands were made, so that folding a part gives the same as folding everything.
"""

import sqlite3
from collections.abc import Iterable

from app.store import commands, documents
from core.contract import rules
from core.contract.rules import Document, Key
from core.domain.outcome import Verdict


def refold(raw: sqlite3.Connection, touched: Iterable[Key]) -> None:
    """Makes the local documents of everything that hangs together with `touched` anew. Inside a write transaction."""
    keys, seqs = _closure(raw, touched)
    base = {key: document for key in keys if (document := documents.get_base(raw, key)) is not None}
    local: dict[Key, Document] = dict(base)
    strange: set[Key] = set()
    for command in commands.of_seqs(raw, seqs):
        changed, outcome = rules.apply(local, command)
        local |= changed
        if outcome.verdict is Verdict.ATTENTION and outcome.code != _code(raw, command.seq):
            strange.update(rules.touches(command.arguments))
    for key in keys:
        document = local.get(key)
        if document is None or (document == base.get(key) and key not in strange):
            raw.execute("DELETE FROM local_document WHERE entity = ? AND id = ?", key)
        else:
            documents.put_local(raw, key, document, fits=key not in strange)
            documents.add_codes(raw, key, documents.codes(document))


def _closure(raw: sqlite3.Connection, touched: Iterable[Key]) -> tuple[set[Key], set[int]]:
    """Every document and every unfinished command that hangs together with `touched`."""
    keys, seqs = set(touched), set[int]()
    frontier = list(keys)
    while frontier:
        for (seq,) in raw.execute("SELECT seq FROM touch WHERE entity = ? AND id = ?", frontier.pop()).fetchall():
            if seq not in seqs:
                seqs.add(seq)
                more = set(raw.execute("SELECT entity, id FROM touch WHERE seq = ?", (seq,)).fetchall()) - keys
                keys |= more
                frontier += more
    return keys, seqs


def _code(raw: sqlite3.Connection, seq: int) -> str:
    """What the rule answered when the command was made."""
    return str(raw.execute("SELECT code FROM command WHERE seq = ?", (seq,)).fetchone()[0])
