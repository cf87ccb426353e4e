"""The few observables a screen redraws from. Their fields are written only inside the page's context."""

from app.state.changes import Changes, Topic
from app.state.i18n import I18n
from app.state.sync_status import Link, SyncState, SyncStatus
from app.state.viewport import FormFactor, Viewport

__all__ = ["Changes", "FormFactor", "I18n", "Link", "SyncState", "SyncStatus", "Topic", "Viewport"]
