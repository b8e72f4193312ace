"""Reports: as a page of their own, as JSON, as PDF; the newest version or an earlier one."""

from __future__ import annotations

import json

from flask import Response, request
from flask.typing import ResponseReturnValue

from callassist.reports.reading import ReadableReport, report_for
from callassist.web.languages import language
from callassist.web.pages import asking
from callassist.web.pages.host.downloads import download


def page(report_id: str) -> ResponseReturnValue:
    """The report in the reader's language."""
    return Response(_read(report_id).as_html(language()), mimetype="text/html")


def as_json(report_id: str) -> ResponseReturnValue:
    """The report for programs."""
    text = json.dumps(_read(report_id).as_json(), ensure_ascii=False, indent=2)
    return download(text.encode(), "application/json", f"{report_id}.json")


def as_pdf(report_id: str) -> ResponseReturnValue:
    """The report to send on or to print."""
    pdf = _read(report_id).as_pdf(language())
    return download(pdf, "application/pdf", f"{report_id}.pdf")


def _read(report_id: str) -> ReadableReport:
    wanted = request.args.get("version", "")
    version = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else None
    with asking.reading() as session:
        return report_for(
            session, asking.service().vault, asking.host(), report_id, version=version
        )
