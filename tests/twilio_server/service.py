"""The smallest service there is: says what it was told to say, and keeps what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response

PUBLIC_URL = "https://desk.example"


@dataclass
class Asked:
    """One webhook as it came in."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]
    url: str
    method: str


@dataclass
class Service:
    """A WSGI app. `documents` by path; everything else is answered with 204."""

    documents: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    content_type: str = "text/xml; charset=utf-8"
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.asked.append(
            Asked(
                request.path,
                request.form.to_dict(),
                dict(request.headers.items()),
                request.url,
                request.method,
            )
        )
        return self._answer(request.path)(environ, start_response)

    def _answer(self, path: str) -> Response:
        if path in self.statuses:
            return Response("no", self.statuses[path], content_type="text/plain")
        if path in self.documents:
            return Response(self.documents[path], content_type=self.content_type)
        return Response(status=204)

    def forms(self, path: str) -> list[dict[str, str]]:
        """What was posted to a path, in order."""
        return [one.form for one in self.asked if one.path == path]

    def say(self, path: str, inside: str) -> str:
        """From now on this path answers with these verbs; its public address."""
        self.documents[path] = f"<Response>{inside}</Response>"
        return PUBLIC_URL + path
