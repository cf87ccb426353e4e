"""Where a device hands over what it cannot or may not push. Its signature is all it needs; nothing is given."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from core.contract import signing
from core.contract.sync import MAX_PUSH_BYTES, WIRE, PushAnswer
from core.http.body import too_large
from core.http.context import CoreContext, Sent
from core.http.limits import Limit
from core.http.problems import RESPONSES, ProblemError
from core.http.sync import read_push
from core.service import handing_over
from core.service.cursors import HistoryUnknown

router = APIRouter(prefix="/sync/v1", tags=["sync"], responses=RESPONSES)


@router.post("/quarantine", response_model=PushAnswer)
async def hand_over(
    request: Request, core: CoreContext, sent: Sent, x_comptoir_device: Annotated[str, Header(max_length=64)] = ""
) -> Response:
    """As a push, but nothing has an effect before head office says so; or one command as `opaque` bytes.

    An empty batch is answered: by that the device knows a batch that breaks the connection from a network that is bad.
    401 without the device's signature. 409 `history_reset`: hand over all that is kept, decided or not.
    """
    if len(sent.body) > MAX_PUSH_BYTES:
        raise too_large(MAX_PUSH_BYTES)
    device = await run_in_threadpool(handing_over.sender, core.database, x_comptoir_device)
    if device is None or not device.public_key:
        raise ProblemError(401, "signature_missing", detail=f"Name the device in {signing.DEVICE} and sign.")
    at = core.now()
    core.proofs.check(device, sent, request.headers, at)
    limit: Limit = request.app.state.handed_over
    limit.check(device.id, at)
    limit.note(device.id, at)
    pushed = read_push(_opened(sent.body))
    try:
        answer = await run_in_threadpool(
            handing_over.hand_over, core.database, device, pushed.commands, at, pushed.seen
        )
    except HistoryUnknown:
        raise ProblemError(409, "history_reset") from None
    return Response(orjson.dumps(answer), media_type="application/json")


def _opened(body: bytes) -> bytes:
    """As the push that it stands for."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    packed = document.get("opaque") if isinstance(document, dict) else None
    if not isinstance(packed, str):
        return body
    try:
        unpacked = handing_over.unpacked(packed)
    except ValueError as fault:
        raise ProblemError(422, "malformed", detail=str(fault), params={"field": "opaque"}) from None
    return orjson.dumps({"commands": [unpacked], "wire": document.get("wire", WIRE)})
