"""Starts the app; `flet build` looks for this file."""

from app.main import main

main()
