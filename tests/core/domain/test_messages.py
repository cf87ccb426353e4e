import pytest

from core.domain.messages import Template, TemplateInvalid, check, languages_for, places_of, render

CODE = "{pick_up_code}"


def test_a_customer_is_written_to_in_their_language_then_the_divisions_then_english():
    assert languages_for("fr-CA", "ar") == ("fr", "ar", "en")
    assert languages_for("", "") == ("en",)
    assert languages_for("sv", "nl-BE", "fr") == ("nl", "fr", "en")


@pytest.mark.parametrize(
    ("template", "field"),
    [
        (Template("{order}", CODE), "subject"),
        (Template("a\nBcc: x@y", CODE), "subject"),
        (Template("a", "{pick_up_code"), "text"),
        (Template("a", "{pick_up_code.__class__}"), "text"),
        (Template("a", "{pick_up_code!r}"), "text"),
        (Template("a", "{pick_up_code:>9999999}"), "text"),
        (Template("a", "{} {pick_up_code}"), "text"),
        (Template("a", "come!"), "text"),
        (Template("a", CODE + " {locker_code}"), "text"),
        (Template("a", "  "), "text"),
        (Template("a", CODE, "<p>come</p>"), "html"),
        (Template("a", CODE, CODE + "<script>x</script>"), "html"),
        (Template("a", CODE, CODE + '<p onclick="x">'), "html"),
        (Template("a", CODE, CODE + '<a href="javascript:x">'), "html"),
        (Template("a", CODE, CODE + '<img src="https://x">'), "html"),
        (Template("a", CODE, CODE + "<!-- x -->"), "html"),
    ],
)
def test_what_a_text_may_not_say_is_refused_by_its_field(template, field):
    with pytest.raises(TemplateInvalid) as told:
        check("ready", template)
    assert told.value.field == field


def test_what_fills_a_text_is_text():
    values = dict.fromkeys(places_of("ready"), "") | {"customer_name": "<b>Jo\n{brand}", "pick_up_code": "12"}
    made = render(Template("{customer_name}", "Hi {customer_name}\n\n12", "<p>{customer_name}</p>"), values, "ar")
    assert made.subject == "<b>Jo {brand}"
    assert made.html == '<html lang="ar" dir="rtl"><body><p>&lt;b&gt;Jo\n{brand}</p></body></html>'
    plain = render(Template("a", "Hi {customer_name}\n\n{pick_up_code}"), values, "fr")
    assert plain.html == '<html lang="fr" dir="ltr"><body><p>Hi &lt;b&gt;Jo<br>{brand}</p><p>12</p></body></html>'
