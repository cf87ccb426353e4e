"""Texts that customers are sent: which there are, what may stand in them, and how the places in them are filled.

A text names its places in braces: `{order_number}`. What it may not say is refused when it is written, never when a
customer waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from string import Formatter
from typing import Final, Literal

# By kind: places that its text must name, because without them the customer can do nothing.
NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "ready": frozenset({"pick_up_code"}),
    "reminder": frozenset({"pick_up_code"}),
    "locker": frozenset({"locker_code"}),
    "expired": frozenset(),
    "collected": frozenset(),
}
KINDS: Final = tuple(NEEDED)
# Sent again because somebody asks for it.
AGAIN: Final = ("ready", "reminder")
# With a code of ours as a picture, to be scanned at the desk: what fetches the order, what shows that it was fetched.
PICTURED: Final[Mapping[str, Literal["pickup", "receipt"]]] = {
    "ready": "pickup", "reminder": "pickup", "collected": "receipt",
}  # fmt: skip
LANGUAGES: Final = ("en", "fr", "es", "de", "it", "pt", "nl", "pl", "ro", "ar", "zh", "uk")
RIGHT_TO_LEFT: Final = frozenset({"ar"})
PLACES: Final = frozenset(
    {"order_number", "customer_name", "brand", "store", "address", "hours", "pick_up_by", "pick_up_code"}
)
OF_LOCKERS: Final = frozenset({"locker_code", "compartment"})
OF_HANDOVERS: Final = frozenset({"articles", "collector", "handed_over_on"})
TAGS: Final = frozenset({"p", "br", "b", "strong", "i", "em", "h1", "h2", "h3", "ul", "ol", "li", "a", "hr"})
LONGEST: Final = {"subject": 200, "text": 10_000, "html": 40_000}


class TemplateInvalid(ValueError):
    """`field`: "subject", "text" or "html"; `expected`: what it takes."""

    code = "template_invalid"

    def __init__(self, field: str, value: str, expected: str) -> None:
        super().__init__(f"{field}: {value!r} is not {expected}")
        self.field, self.value, self.expected = field, value[:80], expected


@dataclass(frozen=True, slots=True)
class Template:
    """`html` "": made of the text."""

    subject: str
    text: str
    html: str = ""


def places_of(kind: str) -> frozenset[str]:
    own = {"locker": OF_LOCKERS, "collected": OF_HANDOVERS}
    return PLACES | own.get(kind, frozenset())


def check(kind: str, template: Template) -> None:
    """Raises TemplateInvalid."""
    if any(ord(letter) < 32 for letter in template.subject):
        raise TemplateInvalid("subject", template.subject, "one line")
    for field, text in (("subject", template.subject), ("text", template.text), ("html", template.html)):
        if len(text) > LONGEST[field]:
            raise TemplateInvalid(field, text, f"at most {LONGEST[field]} characters")
        if field != "html" and not text.strip():
            raise TemplateInvalid(field, text, "a text")
        _check_places(kind, field, text)
    _check_tags(template.html)


def _check_places(kind: str, field: str, text: str) -> None:
    allowed = places_of(kind)
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as fault:
        raise TemplateInvalid(field, text, "braces in pairs") from fault
    named = set()
    for _, name, form, conversion in parsed:
        if name is None:
            continue
        if name not in allowed or form or conversion:
            raise TemplateInvalid(field, "{" + name + "}", "one of " + ", ".join(sorted(allowed)))
        named.add(name)
    if field != "subject" and text and (missing := NEEDED[kind] - named):
        raise TemplateInvalid(field, text[:40], "with {" + min(missing) + "}")


def _check_tags(html: str) -> None:
    reader = _Tags()
    reader.feed(html)
    reader.close()


class _Tags(HTMLParser):
    """Letters, links and lists; nothing that runs, loads or hides."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise TemplateInvalid("html", f"<{tag}>", "one of " + ", ".join(sorted(TAGS)))
        for name, value in attrs:
            if tag != "a" or name != "href" or not (value or "").startswith(("https://", "mailto:", "tel:")):
                raise TemplateInvalid("html", f"{name}={value}", "a link to https:, mailto: or tel:")

    def handle_decl(self, decl: str) -> None:
        raise TemplateInvalid("html", f"<!{decl}>", "the inside of a page")

    def handle_comment(self, data: str) -> None:
        raise TemplateInvalid("html", "<!--", "text that is shown")

    def handle_pi(self, data: str) -> None:
        raise TemplateInvalid("html", "<?", "text that is shown")


def languages_for(*wanted: str) -> tuple[str, ...]:
    """In which one is looked for, best first: "fr-CA" is served in "fr", and everybody in English at last."""
    short = (language.replace("_", "-").partition("-")[0].lower() for language in (*wanted, "en"))
    return tuple(dict.fromkeys(language for language in short if language in LANGUAGES))


def render(template: Template, values: Mapping[str, str], language: str) -> Template:
    """With its places filled; in the HTML, what is filled in is text. `values`: of every place."""
    # A subject is one line whatever somebody is called.
    subject = " ".join(template.subject.format_map(values).split())
    text = template.text.format_map(values)
    if template.html:
        inside = template.html.format_map({name: escape(value) for name, value in values.items()})
    else:
        inside = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.strip().split("\n\n"))
    way = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return Template(subject, text, f'<html lang="{language}" dir="{way}"><body>{inside}</body></html>')
