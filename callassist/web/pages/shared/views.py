"""What a secret address opens; an unknown, ended or expired one opens nothing and says why not."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from callassist.reports.reading import ReadableReport
from callassist.reports.sharing import open_shared
from callassist.roster.duty_feed import calendar
from callassist.web.languages import language
from callassist.web.pages import asking

_LONGEST = 100


def shared(token: str) -> ResponseReturnValue:
    """A report that a host shared, in the language of the browser."""
    return Response(_report(token).as_html(language()), mimetype="text/html")


def shared_pdf(token: str) -> ResponseReturnValue:
    """The same to print."""
    return Response(_report(token).as_pdf(language()), mimetype="application/pdf")


def duty_calendar(token: str) -> ResponseReturnValue:
    """The duty rota for a calendar program."""
    with asking.reading() as session:
        content = calendar(session, token[:_LONGEST], asking.now())
    return Response(content, mimetype="text/calendar")


def _report(token: str) -> ReadableReport:
    with asking.writing() as session:
        return open_shared(session, asking.service().vault, token[:_LONGEST], asking.now())
