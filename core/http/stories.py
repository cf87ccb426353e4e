"""`GET /device/v1/stories/{kind}/{id}`: what happened to an order, read through by a tablet that shows it."""

from fastapi import APIRouter

from core.contract.story import Story, Subject
from core.http.context import CoreContext, CurrentDevice
from core.http.problems import RESPONSES, ProblemError
from core.service import stories
from core.service.refusal import Refusal

router = APIRouter(prefix="/device/v1", tags=["device"], responses=RESPONSES)


@router.get("/stories/{kind}/{id}")
def story(kind: Subject, id: str, device: CurrentDevice, core: CoreContext) -> Story:
    """By the store's own work, collection or copy of an offer. 404 `fulfilment_unknown|collection_unknown|...`."""
    with core.database.read() as connection:
        found = stories.tell(connection, device.location_id, kind, id, core.now())
    if isinstance(found, Refusal):
        raise ProblemError.of(found)
    return found
