"""Imported once by the process that others are forked from: what each of them would otherwise load again."""

import tests.support.buyers  # noqa: F401
from core.adapters import town_directory

town_directory.locate("Lille", "FR")
