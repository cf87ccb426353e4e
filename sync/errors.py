"""What can go wrong between this device and the core. The docstrings are the messages for people who read logs.

SyncFault
├── Unreachable          nothing was sent
├── Broken               the connection died on the way: what was sent may have arrived
├── Throttled            429: asked to come later
├── Unavailable          5xx
├── Unauthorised         401: the access token is worth nothing (any more)
├── Revoked              403: this device is shut out; what it holds stays on it
├── ResetRequired        409: the core does not have the history that the cursor comes from
├── TooLarge             413
├── UpgradeRequired      426: this app is too old for the core
├── CoreOutdated         426 `core_outdated`: this app is newer than the core, and waits for it
├── Refused              any other 4xx, with the problem's code
├── InvalidAnswer        the answer is not what the contract says
├── StorageFault         this device could not keep what it was told: disk full, file damaged
└── NoSpace              this device has too little room for a file it should fetch
"""

from core.contract.sync import Problem


class SyncFault(Exception):
    """A step of the sync failed; it will be tried again."""

    retry_after_s: float | None = None


class Unreachable(SyncFault):
    """The core cannot be reached."""


class Broken(SyncFault):
    """The connection to the core broke off."""


class Throttled(SyncFault):
    """The core asks for patience."""


class Unavailable(SyncFault):
    """The core cannot answer now."""


class Unauthorised(SyncFault):
    """The core does not accept this device's token."""


class Revoked(SyncFault):
    """This device was shut out by head office."""


class ResetRequired(SyncFault):
    """The core was restored; everything is fetched anew."""


class TooLarge(SyncFault):
    """The core takes only smaller batches."""


class UpgradeRequired(SyncFault):
    """This app is too old for the core."""


class CoreOutdated(SyncFault):
    """The core is older than this app; what was done here is sent when it has been updated."""


class Refused(SyncFault):
    """The core refused the request."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code, problem.title)
        self.problem = problem


class InvalidAnswer(SyncFault):
    """The core's answer makes no sense to this version."""


class StorageFault(SyncFault):
    """This device cannot keep what it was told."""


class NoSpace(SyncFault):
    """This device has too little free space for the file."""
