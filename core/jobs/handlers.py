"""Every kind of work for later, and who does it."""

from collections.abc import Mapping

from core.jobs import availability, closures, declarations, offers, promises, sourcing, surplus
from core.jobs.worker import Handler

HANDLERS: Mapping[str, Handler] = {
    **availability.HANDLERS,
    **closures.HANDLERS,
    **declarations.HANDLERS,
    **offers.HANDLERS,
    **promises.HANDLERS,
    **sourcing.HANDLERS,
    **surplus.HANDLERS,
}
