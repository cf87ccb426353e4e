"""What every screen is built with: the error boundary, the hooks, the keys, the camera and the flash."""

from app.ui.camera_view import CameraView
from app.ui.flash import FlashFrame
from app.ui.hooks import (
    UiState,
    provide,
    use_form_factor,
    use_lifetime,
    use_link,
    use_query,
    use_scans,
    use_sync_status,
    use_translations,
    use_ui,
)
from app.ui.keys import key
from app.ui.screen import part, row, screen

__all__ = [
    "CameraView",
    "FlashFrame",
    "UiState",
    "key",
    "part",
    "provide",
    "row",
    "screen",
    "use_form_factor",
    "use_lifetime",
    "use_link",
    "use_query",
    "use_scans",
    "use_sync_status",
    "use_translations",
    "use_ui",
]
