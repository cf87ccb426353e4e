"""Who stands in front of this window, and whether the device belongs to a store yet."""

from dataclasses import dataclass

import flet as ft


@dataclass(frozen=True, slots=True)
class Identity:
    """What the device is called by the core; the tokens that prove it stay with the sync."""

    device_id: str
    device_number: int
    location_id: str
    company_prefix: str


@dataclass(eq=False)
class Session(ft.Observable):
    """`identity` is None until the device is paired; `user_id` is "" until somebody signed in.

    `former`: who a device still is that is being paired again, None where it can be that no more.
    `blocked`: a code of `app.words` that says why nothing is sent (revoked, too old, not known), "" for no reason.
    `reading`: a value of `app.store.lease.Reading`, what the device may still read.
    `handed_over`: actions that head office has of a device that was wiped; `left_over`: those that it did not take.
    `pair_code`: the pairing code this window was opened with; `pair_refusal`: the code of why it was not taken.
    """

    identity: Identity | None = None
    former: Identity | None = None
    user_id: str = ""
    blocked: str = ""
    pair_code: str = ""
    pair_refusal: str = ""
    reading: str = "all"
    handed_over: int = 0
    left_over: int = 0
