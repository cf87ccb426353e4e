"""How the stores of a division hand over what customers fetch: days, documents, signature."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from core.domain.collect_terms import CollectTerms, resolve
from core.http.context import CoreContext
from core.http.office.access import ManageSettings
from core.http.office.answers import IfMatch, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import collect_settings
from core.service.refusal import Refusal

router = APIRouter(prefix="/v1/divisions", tags=["collect"], responses=RESPONSES)


class CollectSettingsBody(BaseModel):
    """Replaces what was there: only what differs from the built-in terms."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"settings": {"pick_up_days": 10, "identity": "required", "signature": True}}]},
    )
    settings: dict[str, Any]


class CollectSettingsView(BaseModel):
    """`settings`: what the division says itself. `terms`: what is in force where a store says nothing else."""

    settings: dict[str, Any]
    terms: CollectTerms
    version: int


@router.get("/{division_id}/collect", response_model=CollectSettingsView)
def read_collect_settings(division_id: str, _: ManageSettings, core: CoreContext) -> Response:
    with core.database.read() as connection:
        found = collect_settings.read(connection, division_id)
    if isinstance(found, Refusal):
        raise ProblemError.of(found)
    return _told(*found)


@router.put("/{division_id}/collect", response_model=CollectSettingsView)
def put_collect_settings(
    division_id: str, body: CollectSettingsBody, _: ManageSettings, core: CoreContext, version: IfMatch
) -> Response:
    """From now on, on the tablets by sync; dates that customers were told stay. A store says what differs there with
    `PATCH /v1/locations/{id}`.

    412 `stale_version`, 422 `collect_terms_invalid` with field, value and what was expected.
    """
    with core.database.write() as connection:
        refused = collect_settings.put(connection, division_id, version, body.settings)
    if refused is not None:
        raise ProblemError.of(refused)
    return _told(body.settings, version + 1)


def _told(settings: Mapping[str, Any], version: int) -> Response:
    told = CollectSettingsView(settings=dict(settings), terms=resolve(settings), version=version)
    return Reply(told.model_dump(mode="json"), 200, etag(version)).send()
