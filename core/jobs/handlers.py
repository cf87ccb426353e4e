"""Every kind of work for later, and who does it."""

from collections.abc import Mapping

from core.jobs import availability, closures, collections, declarations, offers, promises, sourcing, surplus
from core.jobs.worker import Handler, Nightly
from core.service import retention

HANDLERS: Mapping[str, Handler] = {
    **availability.HANDLERS,
    **closures.HANDLERS,
    **collections.HANDLERS,
    **declarations.HANDLERS,
    **offers.HANDLERS,
    **promises.HANDLERS,
    **sourcing.HANDLERS,
    **surplus.HANDLERS,
}

NIGHTLY: tuple[Nightly, ...] = (retention.withdraw_closed, retention.forget_who_fetched)
