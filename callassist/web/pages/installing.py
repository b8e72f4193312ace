"""What makes the site an app on a phone: the manifest, and the service worker for push."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, json

_COLOURS = {"background_color": "#f6f7f9", "theme_color": "#3a45c4"}


def blueprint() -> Blueprint:
    """Two files at the root: a service worker rules over the folder in which it lies."""
    pages = Blueprint("installing", __name__)
    pages.add_url_rule("/sw.js", "service_worker", service_worker)
    pages.add_url_rule("/manifest.webmanifest", "manifest", manifest)
    return pages


def service_worker() -> Response:
    """The script that shows pushed messages; browsers look for a newer one by themselves."""
    script = Path(str(current_app.static_folder)) / "sw.js"
    answer = Response(script.read_bytes(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def manifest() -> Response:
    """Name, colours and icons of the installed app."""
    static_url = current_app.jinja_env.globals["static_url"]
    assert callable(static_url)
    body = {
        "id": "/",
        "name": "Call Assist",
        "short_name": "Call Assist",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        **_COLOURS,
        "icons": [
            {"src": static_url("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(
                {
                    "src": static_url(f"icons/app-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size in (192, 512)
                for purpose in ("any", "maskable")
            ),
        ],
    }
    answer = Response(json.dumps(body), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = "max-age=3600"
    return answer
