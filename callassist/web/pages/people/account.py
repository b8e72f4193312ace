"""My account: name, language, hours, time zone, look."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.preferences import Profile, save_profile
from callassist.web import languages, role_words
from callassist.web.pages import asking, themes, times
from callassist.web.pages.forms import Form
from callassist.web.pages.people import mine, places
from callassist.web.translate import gettext as _

_FIRST_ZONES = ("Europe/Paris", "Europe/London", "America/New_York")


def show() -> ResponseReturnValue:
    """What I chose, and where I have which role."""
    person = mine.me()
    form = Form.of_request() if asking.is_sent() else _filled()
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            typed = Profile(
                name=form["name"],
                language=form["language"],
                theme=form["theme"],
                hour_cycle=form.optional("hour_cycle"),
                timezone=form.optional("timezone"),
            )
            save_profile(session, person.id, typed)
        if not form.is_refused:
            return _saved(form)
    with asking.reading() as session:
        where = places.places(session, asking.viewer())
    page = render_template(
        "people/account.html",
        form=form,
        person=person,
        places=where,
        role_words=role_words,
        page_languages=list(languages.LANGUAGES.items()),
        themes=[
            ("system", _("As the device")),
            ("light", _("Light")),
            ("dark", _("Dark")),
        ],
        hour_cycles=[
            ("", _("As usual in my language")),
            ("h23", _("24 hours: %(example)s", example=times.example("h23"))),
            ("h12", _("12 hours: %(example)s", example=times.example("h12"))),
        ],
        zones=[("", _("As my account")), *_zones()],
    )
    return page, 422 if form.is_refused else 200


def _saved(form: Form) -> ResponseReturnValue:
    languages.choose(form["language"])
    flash(_("Saved."))
    answer = make_response(redirect(url_for("people.account")))
    themes.remember(answer, form["theme"])
    return answer


def _filled() -> Form:
    person = mine.me()
    return Form(
        {
            "name": person.name,
            "language": languages.language(),
            "theme": person.theme,
            "hour_cycle": person.hour_cycle or "",
            "timezone": person.timezone or "",
        }
    )


def _zones() -> list[tuple[str, str]]:
    rest = sorted(
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))
    )
    ordered = dict.fromkeys((*_FIRST_ZONES, *rest))
    return [(zone, zone.replace("_", " ")) for zone in ordered]
