"""Reports and figures as tagged PDFs (PDF/UA-1), made without any system package.

Words of people reach the template as JSON, never as source, so nothing in them is read as markup.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

from callassist.errors import PermanentError, TransientError
from callassist.reports.document import Document
from callassist.reports.period_document import PeriodDocument

_TYPESETTING = Path(__file__).with_name("typesetting.py")
_LONGEST_SECONDS = 60.0
_one_at_a_time = threading.Lock()  # each takes 65 MB while it runs, a fifth of a second


class ReportNotDrawn(PermanentError):
    """The PDF could not be laid out; the web page and the JSON have the same content."""


def render_pdf(
    document: Document | PeriodDocument, *, made_at: datetime, system_fonts: bool = True
) -> bytes:
    """The PDF's bytes; `made_at` is written into it, so that one version gives one file.

    Letters that no font has are shown as □ and a line says so. Raises ReportNotDrawn, or
    TransientError when it takes too long.
    """
    order = {
        "template": "report.typ" if isinstance(document, Document) else "figures.typ",
        "data": dataclasses.asdict(document),
        "timestamp": int(made_at.timestamp()),
        "system_fonts": system_fonts,
    }
    # -P: a module of the directory where the service runs is not imported
    program = [sys.executable, "-P", str(_TYPESETTING)]
    try:
        with _one_at_a_time:
            done = subprocess.run(  # noqa: S603
                program,
                input=json.dumps(order).encode(),
                capture_output=True,
                timeout=_LONGEST_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise TransientError("the PDF took too long; try again, or open the web page") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip() or f"it ended with {done.returncode}"
        raise ReportNotDrawn(f"the report could not be laid out: {reason}")
    return done.stdout
