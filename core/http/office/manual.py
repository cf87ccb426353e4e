"""The API's manual at /docs: one page made from the OpenAPI document, which needs no network and no script."""

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter()
Json = Mapping[str, Any]

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
h2{margin-top:2.5rem;border-bottom:2px solid #2f6690}details{border:1px solid #d5dde5;border-radius:8px;margin:.5rem 0}
summary{padding:.6rem .8rem;cursor:pointer}summary b{display:inline-block;min-width:5rem;color:#2f6690}
details>div{padding:0 1rem 1rem}pre{background:#f3f6f9;padding:.8rem;overflow:auto;border-radius:6px}
table{border-collapse:collapse}td,th{border:1px solid #d5dde5;padding:.2rem .6rem;text-align:left}
@media(prefers-color-scheme:dark){body{background:#141a21;color:#e3e9ef}pre{background:#1d2733}}
"""


@router.get("/docs", include_in_schema=False)
def manual(request: Request) -> HTMLResponse:
    """For people; machines read /openapi.json."""
    return HTMLResponse("".join(page(request.app.openapi())))


def page(document: Json) -> Iterator[str]:
    """HTML of an OpenAPI document, by tag in the order of the routes."""
    title = _text(document["info"]["title"])
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    yield f"<h1>{title}</h1><p>The same for machines: <a href='openapi.json'>openapi.json</a>. Sign in with "
    yield "<code>POST /v1/sessions</code> and send its token, or an integrator's key, as <code>Authorization: Bearer"
    yield "</code>. Each POST takes an <code>Idempotency-Key</code>, each PATCH the <code>If-Match</code> it read. "
    yield "Errors are problem documents with a stable <code>code</code>.</p>"
    for tag, operations in _by_tag(document).items():
        yield f"<h2>{_text(tag)}</h2>"
        for method, path, operation in operations:
            yield from _operation(document, method, path, operation)


def _by_tag(document: Json) -> dict[str, list[tuple[str, str, Json]]]:
    found: dict[str, list[tuple[str, str, Json]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found.setdefault(next(iter(operation.get("tags", ())), "other"), []).append((method, path, operation))
    return found


def _operation(document: Json, method: str, path: str, operation: Json) -> Iterator[str]:
    yield f"<details><summary><b>{method.upper()}</b> <code>{_text(path)}</code> "
    yield f"{_text(operation['summary'])}</summary>"
    yield f"<div><p>{_text(operation.get('description', ''))}</p>"
    if parameters := operation.get("parameters"):
        yield "<table><tr><th>parameter</th><th>in</th><th></th></tr>"
        for one in parameters:
            told = one.get("description", "") or ("required" if one.get("required") else "")
            yield f"<tr><td><code>{_text(one['name'])}</code></td><td>{one['in']}</td><td>{_text(told)}</td></tr>"
        yield "</table>"
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield f"<p>Body</p><pre>{_json(_resolved(document, media.get('schema', {})))}</pre>"
    for status, answer in operation["responses"].items():
        for media in answer.get("content", {}).values() if status.isdigit() and status < "300" else ():
            yield f"<p>Answer {status}</p><pre>{_json(_resolved(document, media.get('schema', {})))}</pre>"
    yield "</div></details>"


def _resolved(document: Json, schema: Json, depth: int = 0) -> Any:
    """The example where there is one, else the shape: names of fields and their types."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return schema["examples"][0]
    if depth > 3:
        return "..."
    if "properties" in schema:
        return {name: _resolved(document, one, depth + 1) for name, one in schema["properties"].items()}
    if "items" in schema:
        return [_resolved(document, schema["items"], depth + 1)]
    if "anyOf" in schema:
        return _resolved(document, schema["anyOf"][0], depth)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return schema.get("format") or schema.get("type", "any")


def _json(value: Any) -> str:
    return _text(json.dumps(value, indent=2, ensure_ascii=False))


def _text(value: str) -> str:
    return html.escape(value)
