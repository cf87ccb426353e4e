"""What a fault is to the step machines: one word for each leaf of sync.errors, and for what is no fault of the sync."""

import sqlite3

from sync import errors
from sync.steps import Failure

FAILURES: dict[type[errors.SyncFault], Failure] = {
    errors.Unreachable: Failure.UNREACHABLE,
    errors.Broken: Failure.BROKEN,
    errors.Throttled: Failure.THROTTLED,
    errors.Unavailable: Failure.UNAVAILABLE,
    errors.Unauthorised: Failure.UNAUTHORISED,
    errors.Revoked: Failure.REVOKED,
    errors.ResetRequired: Failure.RESET,
    errors.TooLarge: Failure.TOO_LARGE,
    errors.UpgradeRequired: Failure.UPGRADE,
    errors.CoreOutdated: Failure.CORE_OUTDATED,
    errors.Refused: Failure.REFUSED,
    errors.InvalidAnswer: Failure.INVALID,
    errors.StorageFault: Failure.STORAGE,
    errors.NoSpace: Failure.NO_SPACE,
}


def failure_of(fault: Exception) -> Failure:
    if isinstance(getattr(fault, "orig", fault), OSError | sqlite3.Error):
        return Failure.STORAGE
    return FAILURES.get(type(fault), Failure.BUG)  # type: ignore[arg-type]
