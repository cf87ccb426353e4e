"""Every text a person can see is translated in every shipped language, and the catalogues prove it.

`extract` writes locales/messages.pot from the code, `update` brings each language's messages.po up to date with it,
`compile` makes the .mo files (build products), `check` changes nothing and fails with one sentence per fault.
Texts that only tables name are marked N_("..."). English is the language of the code: `update` fills it in.
"""

import argparse
import io
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
TEMPLATE = LOCALES / "messages.pot"
SOURCE_LANGUAGE = "en"
LANGUAGES = (SOURCE_LANGUAGE, "fr", "es", "de", "it", "pt", "nl", "pl", "ro", "ar", "zh", "uk")
PACKAGES = ("app", "sync", "core")
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# A translation may leave the count out where its grammar says it ("one parcel", the Arabic dual), nothing else.
COUNT_PLACEHOLDERS = frozenset(form % name for form in ("{%s}", "%%(%s)") for name in ("n", "count", "number"))
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w*)[^{}]*\}(?!\})|%\((\w+)\)[a-z]|%([sd])")
# Dates and line numbers would make every extraction differ without a text having changed.
VOLATILE_HEADERS = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By")

Key = tuple[str | None, str]


def po_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


def texts_of(message: Message) -> tuple[str, ...]:
    """The source texts: one, or singular and plural."""
    return tuple(map(str, message.id)) if isinstance(message.id, list | tuple) else (str(message.id),)


def translations_of(message: Message) -> tuple[str, ...]:
    """An empty text stands for one that is not translated."""
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return tuple(string or "" for string in strings)


def key_of(message: Message) -> Key:
    return message.context, texts_of(message)[0]


def messages_of(catalog: Catalog) -> dict[Key, Message]:
    """Without the header, which is the message of the empty text."""
    return {key_of(message): message for message in catalog if message.id}


def extract() -> Catalog:
    """What the code says now."""
    catalog = Catalog(project="Comptoir", charset="utf-8", fuzzy=False)
    for package in PACKAGES:
        found = extract_from_dir(
            ROOT / package,
            method_map=[("**.py", "python")],
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for name, _line, text, comments, context in found:
            catalog.add(text, locations=[(f"{package}/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def rendered(catalog: Catalog) -> bytes:
    """A catalogue as its file, the same bytes for the same texts."""
    lines = io.BytesIO()
    catalog.header_comment = "# Comptoir: the texts people see. Written by build_scripts/locales.py."
    write_po(lines, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    kept = [line for line in lines.getvalue().splitlines() if not line.startswith(volatile_prefixes())]
    return b"\n".join(kept).rstrip() + b"\n"


def volatile_prefixes() -> tuple[bytes, ...]:
    return tuple(f'"{header}:'.encode() for header in VOLATILE_HEADERS)


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines, locale=language)


def write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = rendered(catalog)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
        print(f"Wrote {path.relative_to(ROOT)}")


def update() -> None:
    template = extract()
    write(TEMPLATE, template)
    for language in LANGUAGES:
        path = po_path(language)
        catalog = read(path, language) if path.exists() else Catalog(locale=language, fuzzy=False)
        catalog.update(deepcopy(template), no_fuzzy_matching=True)  # its messages become the catalogue's own
        if language == SOURCE_LANGUAGE:
            fill_in(catalog)
        write(path, catalog)


def fill_in(catalog: Catalog) -> None:
    for message in messages_of(catalog).values():
        texts = texts_of(message)
        message.string = texts if len(texts) > 1 else texts[0]


def compile_catalogs() -> None:
    for language in LANGUAGES:
        path = po_path(language)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as target:
                write_mo(target, read(path, language))


def placeholders(text: str) -> frozenset[str]:
    """In their own notation: `{name}`, `%(name)`, `%s`; how a number is formatted is the translator's business."""
    found = PLACEHOLDER.finditer(text)
    return frozenset(
        f"{{{match[1]}}}" if match[1] is not None else f"%({match[2]})" if match[2] else match[0] for match in found
    )


def is_pictured(character: str) -> bool:
    return character >= "\N{LEFTWARDS ARROW}" and unicodedata.category(character) in {"So", "Sm"}


def faults_of(message: Message, plural_forms: int) -> Iterator[str]:
    """What is wrong with one translation, as ends of a sentence."""
    texts, translations = texts_of(message), translations_of(message)
    if message.fuzzy:
        yield "is marked fuzzy: translate it anew and remove the mark"
    if not all(translations):
        yield "is not translated"
        return
    if len(texts) > 1 and len(translations) != plural_forms:
        yield f"has {len(translations)} plural forms instead of {plural_forms}"
    wanted = frozenset().union(*map(placeholders, texts))
    optional = COUNT_PLACEHOLDERS if len(texts) > 1 else frozenset()
    for translation in translations:
        given = placeholders(translation)
        if given - wanted or (wanted - given) - optional:
            yield f"needs the placeholders {sorted(wanted)}, but {translation!r} has {sorted(given)}"
    if any(map(is_pictured, "".join(translations))):
        yield "has an arrow, a tick or an emoji, which the bundled fonts show as a box: use an icon"
    if any(translation.strip() != translation for translation in translations) and texts[0].strip() == texts[0]:
        yield "begins or ends with white space that the source does not have"


def language_faults(language: str, wanted: dict[Key, Message]) -> Iterator[str]:
    path = po_path(language)
    if not path.exists():
        yield f"{language}: {path.relative_to(ROOT)} is missing; run build_scripts/locales.py update"
        return
    catalog = read(path, language)
    expected_forms = Catalog(locale=language).num_plurals
    if catalog.num_plurals != expected_forms:
        yield f"{language}: Plural-Forms says {catalog.num_plurals} forms, the language has {expected_forms}"
    present = messages_of(catalog)
    for key in wanted.keys() - present.keys():
        yield f"{language}: {key[1]!r} is missing; run build_scripts/locales.py update, then translate it"
    for key in present.keys() - wanted.keys():
        yield f"{language}: {key[1]!r} is in no code any more; run build_scripts/locales.py update"
    for key in present.keys() & wanted.keys():
        for fault in faults_of(present[key], expected_forms):
            yield f"{language}: {key[1]!r} {fault}"


def check() -> list[str]:
    """One sentence per fault; empty when every text is translated in every language."""
    extracted = extract()
    wanted = messages_of(extracted)
    faults = []
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != rendered(extracted):
        faults.append("locales/messages.pot is not what the code says; run build_scripts/locales.py update")
    for language in LANGUAGES:
        faults.extend(sorted(language_faults(language, wanted)))
    return faults


def run_check() -> None:
    faults = check()
    if faults:
        sys.exit("\n".join([*faults, f"{len(faults)} faults in the translations"]))
    print(f"{len(messages_of(extract()))} texts, complete in {', '.join(LANGUAGES)}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["extract", "update", "compile", "check"])
    task = parser.parse_args(arguments).task
    if task == "extract":
        write(TEMPLATE, extract())
    elif task == "update":
        update()
    elif task == "compile":
        compile_catalogs()
    else:
        run_check()


if __name__ == "__main__":
    main()
