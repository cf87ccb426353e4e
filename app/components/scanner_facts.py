"""How fast the last scans were answered, and which reader read them, for whoever asks why scanning feels slow."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from app.devices.scanning import Timed, latency
from app.i18n import Translations

Fact = tuple[str, str]


def scan_facts(_: Translations, timed: Collection[Timed]) -> list[Fact]:
    """Name and value, of this window since it was opened."""
    if not timed:
        return [(_("Speed of scanning"), _("nothing was scanned since the app was opened"))]
    seen = [one for one in timed if one.read_ms is not None]
    others = [one for one in timed if one.read_ms is None]
    facts = [
        *_fact(_, _("Camera: from the frame to the code"), seen, lambda one: one.read_ms or 0.0),
        *_fact(_, _("Camera: from the frame to the answer"), seen, lambda one: one.whole_ms),
        *_fact(_, _("From a code that was scanned or typed to the answer"), others, lambda one: one.answer_ms),
    ]
    readers = Counter(one.decoder for one in timed if one.decoder)
    if readers:
        said = ", ".join(f"{name} {_.number(count)}" for name, count in readers.most_common())
        # Translators: the names of the programs that read the bar codes, each with a count
        facts.append((_("Read by"), said))
    return facts


def _fact(_: Translations, name: str, timed: Sequence[Timed], time_ms: Callable[[Timed], float]) -> list[Fact]:
    found = latency([time_ms(one) for one in timed])
    if found is None:
        return []
    numbers = {"median": _.number(round(found.median_ms)), "worst": _.number(round(found.worst_ms))}
    said = _.ngettext("{n} scan: {median} ms, at worst {worst} ms", "{n} scans: {median} ms, at worst {worst} ms",
                      found.scans)  # fmt: skip
    return [(name, said.format(n=_.number(found.scans), **numbers))]
