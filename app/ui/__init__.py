"""What every screen is built with: the error boundary, the hooks, the keys."""

from app.ui.hooks import UiState, provide, use_form_factor, use_query, use_sync_status, use_translations, use_ui
from app.ui.keys import key
from app.ui.screen import part, row, screen

__all__ = [
    "UiState", "key", "part", "provide", "row", "screen", "use_form_factor", "use_query", "use_sync_status",
    "use_translations", "use_ui",
]  # fmt: skip
