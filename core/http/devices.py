"""Enrolment and tokens of devices. Who guesses codes is slowed down."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from core.contract import signing
from core.contract.grants import PairingCode, UserGrant
from core.contract.sync import Enrolment
from core.http.context import CoreContext, CurrentDevice, Sent, revoked_problem, token_problem
from core.http.limits import Limit
from core.http.problems import RESPONSES, ProblemError
from core.service import devices, user_grants
from core.service.devices import Device
from core.service.refusal import Refusal

router = APIRouter(prefix="/device/v1", tags=["device"], responses=RESPONSES)


# "": from an app that knows no keys; it is let in with its tokens alone.
PublicKey = Annotated[str, Field(pattern=rf"^([0-9a-f]{{{2 * signing.KEY_BYTES}}})?$")]


class EnrolRequest(BaseModel):
    """`location_id`: the store this tablet is paired with so far, if any. `public_key`: Ed25519 in hexadecimal."""

    code: str = Field(min_length=1, max_length=64)
    name: str = Field(default="", max_length=80)
    location_id: str = Field(default="", max_length=64)
    public_key: PublicKey = ""


class TokenRequest(BaseModel):
    """`public_key`: of a device that was enrolled by an app that knew no keys."""

    refresh_token: str = Field(min_length=1, max_length=200)
    public_key: PublicKey = ""


@router.post("/enrol")
def enrol(body: EnrolRequest, request: Request, core: CoreContext, sent: Sent) -> Enrolment:
    """Makes a device of the store that the code was made for. 404/409 `enrolment_code_...`, 429 after 10 failures."""
    at, address = core.now(), request.client.host if request.client else ""
    failures: Limit = request.app.state.enrol_failures
    failures.check(address, at)
    # Who names a key has it.
    core.proofs.check(Device("", 0, "", public_key=body.public_key), sent, request.headers, at)
    applicant = devices.Applicant(body.code, body.name, body.location_id, body.public_key)
    found = devices.enrol(core.database, applicant, at)
    if isinstance(found, Refusal):
        failures.note(address, at)
        raise ProblemError.of(found)
    return found


class SignIn(BaseModel):
    user_id: str = Field(min_length=1, max_length=64)
    pin: str = Field(min_length=1, max_length=16)


@router.post("/sign-in")
def sign_in(body: SignIn, device: CurrentDevice, core: CoreContext) -> UserGrant:
    """Somebody at the tablet. 422 `wrong_pin|may_not_sign_in`, 429 `sign_in_locked` after five wrong PINs there."""
    found = user_grants.sign_in(core.database, device, body.user_id, body.pin, core.now())
    if isinstance(found, Refusal):
        if found.code == "sign_in_locked":
            raise ProblemError(429, found.code, detail=found.remedy, retry_after_s=int(found.params["retry_after_s"]))
        # Not 403: that would say something of the device.
        raise ProblemError.of(found, 422)
    return found


class CodeRequest(BaseModel):
    """`token`: of a manager's grant."""

    token: str = Field(min_length=1, max_length=2_000)


@router.post("/codes")
def create_code(body: CodeRequest, device: CurrentDevice, request: Request, core: CoreContext) -> PairingCode:
    """A code for one more tablet of the same store, shown by this one. 422 `not_permitted`, 429 after 20."""
    limit: Limit = request.app.state.codes_made
    limit.check(device.id, core.now())
    limit.note(device.id, core.now())
    with core.database.write() as connection:
        found = user_grants.pairing_code(connection, device, body.token, core.now())
    if isinstance(found, Refusal):
        raise ProblemError.of(found, 422)
    return found


@router.post("/token")
def token(body: TokenRequest, request: Request, core: CoreContext, sent: Sent) -> Enrolment:
    """New tokens; the refresh token is used up. 401 `token_invalid|token_expired`, 403 `device_revoked|...`."""
    at, address = core.now(), request.client.host if request.client else ""
    failures: Limit = request.app.state.token_failures
    failures.check(address, at)
    owner = devices.owner(core.database, body.refresh_token)
    if owner is None:
        failures.note(address, at)
    if owner is not None:
        signed_by = owner if owner.public_key else replace(owner, public_key=body.public_key)
        core.proofs.check(signed_by, sent, request.headers, core.now())
    found = devices.refresh(core.database, body.refresh_token, core.now())
    if owner is not None and found == devices.DEVICE_REVOKED:
        raise revoked_problem(core, owner.id)
    if isinstance(found, Refusal):
        raise token_problem(found)
    if owner is not None and body.public_key and not owner.public_key:
        devices.take_key(core.database, owner.id, body.public_key)
    return found
