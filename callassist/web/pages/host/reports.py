"""Reports: as a page of their own, as JSON, as PDF."""

from __future__ import annotations

import json

from flask import Response
from flask.typing import ResponseReturnValue

from callassist.reports.reading import ReadableReport, report_for
from callassist.web.languages import language
from callassist.web.pages import asking


def page(report_id: str) -> ResponseReturnValue:
    """The report in the reader's language."""
    return Response(_read(report_id).as_html(language()), mimetype="text/html")


def as_json(report_id: str) -> ResponseReturnValue:
    """The report for programs."""
    text = json.dumps(_read(report_id).as_json(), ensure_ascii=False, indent=2)
    return _file(text.encode(), "application/json", f"{report_id}.json")


def as_pdf(report_id: str) -> ResponseReturnValue:
    """The report to send on or to print."""
    pdf = _read(report_id).as_pdf(language())
    return _file(pdf, "application/pdf", f"{report_id}.pdf")


def _read(report_id: str) -> ReadableReport:
    with asking.reading() as session:
        return report_for(session, asking.service().vault, asking.host(), report_id)


def _file(content: bytes, kind: str, name: str) -> Response:
    disposition = f'attachment; filename="call-assist-{name}"'
    return Response(content, mimetype=kind, headers={"Content-Disposition": disposition})
