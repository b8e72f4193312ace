"""A browser without a screen: keeps cookies and sends the form's token along."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self._client = app.test_client()
        self._headers = {"Accept-Language": language}
        self.token = ""

    def get(self, path: str, root: str = "") -> TestResponse:
        """Look at a page, of a service that stands below `root`."""
        base = f"http://localhost{root}"
        answer = self._client.get(path, base_url=base, headers=self._headers)
        found = _TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        if found:
            self.token = found.group(1)
        return answer

    def page(self, path: str) -> str:
        """The text of a page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return answer.text

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        """Send a form with its token; for `from` and the like write `from_`."""
        if not self.token:
            self.get("/sign-in/forgotten")
        sent = {"csrf_token": self.token, **fields}
        answer = self._client.post(path, data=sent, headers=self._headers)
        self.token = ""  # signing in and out make another
        return answer

    def post_unprotected(self, path: str, **fields: str) -> TestResponse:
        """Send a form as another site would."""
        return self._client.post(path, data=fields, headers=self._headers)


def words_of(page: str) -> str:
    """What a reader reads: no tags, no code, entities resolved."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    labels = " ".join(re.findall(r'(?:aria-label|placeholder|alt|title)="([^"]*)"', shown))
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown) + " " + labels))
