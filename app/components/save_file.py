"""Saves a paper where the person says, when no printer answers; and the report that support asks for."""

import asyncio

import flet as ft

from app.components.printing import NothingToPrint, PaperOutcome
from app.devices.printer import DownloadPrinter
from app.queries.paper import Draw


async def save_paper(page: ft.Page, draw: Draw | None) -> PaperOutcome:
    """Opens the platform's own dialogue; in a browser it is a download."""
    if draw is None:
        return NothingToPrint()
    paper = await asyncio.to_thread(draw)
    saver = DownloadPrinter(ft.FilePicker().save_file, is_none_cancelled=not page.web)
    return await saver.print_pdf(paper.content, paper.name)


async def save_report(page: ft.Page, content: bytes, name: str) -> PaperOutcome:
    saver = DownloadPrinter(ft.FilePicker().save_file, is_none_cancelled=not page.web)
    return await saver.save_report(content, name)
