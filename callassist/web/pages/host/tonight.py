"""The host's first page: is tonight covered, what needs me, how do my homes sound?"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from callassist.accounts.people import find_account
from callassist.accounts.setting_up import accept_rules, choose_call_takers, skip_step
from callassist.errors import InvalidInput
from callassist.web.pages import asking, times
from callassist.web.pages.host import noise_words, set_up_steps
from callassist.web.pages.host.onward import onward
from callassist.web.pages.host.tonight_queries import (
    HomeLine,
    Standing,
    TonightScreen,
    tonight_screen,
)
from callassist.web.pages.refusals import in_words
from callassist.web.pages.written import Written
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

# a home looks the same until its quarter of an hour is over or something happens there
_lines = Written(kept_seconds=900.0, most=400)


def index() -> ResponseReturnValue:
    """The whole page."""
    return _rendered("host/tonight.html")


def fragment() -> ResponseReturnValue:
    """What of it renews itself."""
    return _rendered("host/tonight_live.html")


def strip() -> str:
    """What of a page's set-up strip renews itself; nothing any more when all is set up."""
    still = set_up_steps.open_checklist()
    if still is None:
        return ""
    return render_template("host/set_up_strip.html", still=still, at=request.args.get("at", ""))


def nothing_yet() -> ResponseReturnValue:
    """For somebody who has no part in anything."""
    return render_template("host/nothing.html")


def choose() -> ResponseReturnValue:
    """Who takes the calls; what that choice does not need is not asked for afterwards."""
    before = set_up_steps.open_checklist()
    try:
        with asking.writing() as session:
            account = find_account(session, asking.host(), request.form.get("account", ""))
            choice = request.form.get("calls_by", "")
            choose_call_takers(session, asking.host(), account, choice, now=asking.now())
    except InvalidInput as error:
        flash(in_words(error), "refused")
    return redirect(onward(before, _checklist_on_tonight()))


def skip() -> ResponseReturnValue:
    """Leave a step out, or take it up again; left out on its own page, the next one follows."""
    before = set_up_steps.open_checklist() if "on" in request.form else None
    with asking.writing() as session:
        account = find_account(session, asking.host(), request.form.get("account", ""))
        is_skipped = request.form.get("again") is None
        step = request.form.get("step", "")
        skip_step(session, asking.host(), account, step, skip=is_skipped)
    return redirect(onward(before, _checklist_on_tonight()))


def accept() -> ResponseReturnValue:
    """The rules of the service will do."""
    before = set_up_steps.open_checklist()
    with asking.writing() as session:
        account = find_account(session, asking.host(), request.form.get("account", ""))
        accept_rules(session, asking.host(), account)
    flash(_("Noted. You can change the rules of each home at any time."))
    return redirect(onward(before, _checklist_on_tonight()))


def _checklist_on_tonight() -> str:
    return url_for("host.tonight") + "#set-up"


def _rendered(template: str) -> str:
    now = asking.now()
    with asking.reading() as session:
        done = set_up_steps.once_done()
        screen = tonight_screen(session, asking.service(), asking.host(), now, done)
        steps = set_up_steps.checklist(session, screen.set_up) if screen.set_up else None
    return render_template(
        template,
        screen=screen,
        set_up=steps,
        sentence=sentence(screen.standing),
        calm=quiet_words(screen),
        home_line=lambda one: _line(one, screen),
    )


def _line(one: HomeLine, screen: TonightScreen) -> Markup:
    """One home of the list; what changes with each reading is not said in it."""
    lately = replace(one.lately, level=None, last_heard_at=None, sensors=())
    values: dict[str, Hashable] = {
        "one": replace(one, lately=lately),
        "simulated": screen.standing.is_simulated,
        "show_account": screen.several_accounts,
        "ribbon_svg": noise_words.ribbon_svg,
    }
    return Markup(_lines.html("host/home_line.html", values))  # noqa: S704 our own template


def sentence(standing: Standing) -> str:
    """The one sentence; with a simulated network the word "covered" is never in it."""
    homes, ready = standing.homes, standing.covered
    if standing.is_simulated:
        if ready == homes:
            return ngettext(
                "Your home is ready, but nobody is really phoned",
                "All %(num)s homes are ready, but nobody is really phoned",
                homes,
            )
        if homes == 1:
            return _("Your home is not ready, and nobody is really phoned")
        return ngettext(
            "%(num)s of %(homes)s homes is ready, but nobody is really phoned",
            "%(num)s of %(homes)s homes are ready, but nobody is really phoned",
            ready,
            homes=homes,
        )
    if ready == homes:
        return ngettext(
            "Your home is covered tonight", "All %(num)s homes are covered tonight", homes
        )
    if not ready:
        return ngettext(
            "Your home is not covered tonight", "None of %(num)s homes is covered tonight", homes
        )
    return ngettext(
        "%(num)s of %(homes)s homes is covered tonight",
        "%(num)s of %(homes)s homes are covered tonight",
        ready,
        homes=homes,
    )


def quiet_words(screen: TonightScreen) -> str:
    """The second sentence, while nothing is loud."""
    if screen.incidents or not screen.lines:
        return ""
    loud = any(line.lately.word == "loud" for line in screen.lines)
    if loud or (screen.unheard and screen.unheard == screen.standing.homes):
        return ""
    if screen.quiet_since is None:
        said = _("Nothing loud in the last 24 hours.")
    else:
        at = times.clock(screen.quiet_since, screen.zone)
        said = _("All quiet since %(at)s.", at=at)
    if screen.unheard:
        said += " " + ngettext(
            "From %(num)s home nothing is heard.",
            "From %(num)s homes nothing is heard.",
            screen.unheard,
        )
    return said
