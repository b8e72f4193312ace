"""The web application: hooks, API, health, sign-in and pages, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from flask_limiter.util import get_remote_address

from callassist.bootstrap import Service
from callassist.clock import Clock
from callassist.ports.own_networks import OwnNetworks
from callassist.ports.telephony import Telephony
from callassist.web import (
    api,
    health,
    hooks_pms,
    hooks_telephony,
    hooks_texts,
    pages,
    problems,
    signin,
    static_files,
)
from callassist.web.application import Application
from callassist.web.hooks_sensors import SensorHooksFirst, sensor_hooks
from callassist.web.proxies import behind_proxies
from callassist.web.spared_hooks import SparesHooks
from callassist.web.sparing_limiter import SparingLimiter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BODY = 1024 * 1024

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NOW_HEADER = "X-Callassist-Now"


class _Application(SparesHooks, Application):
    """Both."""


def create_app(service: Service) -> Flask:
    """The application for one service; `service.start_web()` is the caller's business."""
    app = _Application(__name__, static_folder="static")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        PROPAGATE_EXCEPTIONS=False,
        CONTENT_SECURITY_POLICY=SECURITY_HEADERS["Content-Security-Policy"],
        PERMISSIONS_POLICY=SECURITY_HEADERS["Permissions-Policy"],
    )
    problems.register(app)
    limiter = SparingLimiter(get_remote_address, app=app, storage_uri="memory://")
    limiter.request_filter(_is_page)
    app.register_blueprint(health.blueprint(service))
    app.register_blueprint(sensor_hooks(service.sensor_hook))
    app.register_blueprint(hooks_pms.blueprint(service.systems.hook))
    telephony = _telephony_services(service)
    app.register_blueprint(hooks_telephony.blueprint(telephony))
    app.register_blueprint(hooks_texts.blueprint(telephony))
    app.register_blueprint(api.blueprint(service, limiter))
    signin.init_app(app, service)
    pages.register(app, service)
    _wrap(app, service)
    return app


def _is_page() -> bool:
    """What the API's limits have nothing to say about."""
    return not request.path.startswith("/api/")


def common_headers(clock: Clock) -> list[tuple[str, str]]:
    """What every response carries, also those that never reach Flask."""
    return [*SECURITY_HEADERS.items(), (NOW_HEADER, clock.now().isoformat())]


def _wrap(app: Flask, service: Service) -> None:
    files = static_files.serve(app, development=service.settings.service.development)
    app.wsgi_app = SensorHooksFirst(  # type: ignore[method-assign]
        _WithHeaders(files, service.clock),
        service.sensor_hook,
        lambda: common_headers(service.clock),
    )
    app.wsgi_app = behind_proxies(  # type: ignore[method-assign]
        app.wsgi_app, service.sessions, service.settings.service.trusted_proxies
    )


class _WithHeaders:
    """Adds the common headers to pages and files alike, unless a view has set its own."""

    def __init__(self, application: WSGIApplication, clock: Clock) -> None:
        self._application = application
        self._clock = clock

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(
            status: str, headers: list[tuple[str, str]], *exc_info: Any
        ) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            missing = [one for one in common_headers(self._clock) if one[0].lower() not in present]
            return start_response(status, [*headers, *missing], *exc_info)

        return self._application(environ, start)


@dataclass(frozen=True)
class _TelephonyServices:
    """What the telephony hook needs, from the service."""

    telephony: Telephony
    rehearsal: Telephony
    own_networks: OwnNetworks
    provider_of: hooks_telephony.ProviderOf
    clock: Clock
    public_url: str
    record_call_events: hooks_telephony.RecordCallEvents
    next_step: hooks_telephony.NextStep
    phone_rings: hooks_telephony.PhoneRings
    record_sound: hooks_telephony.RecordSound
    record_text_report: hooks_texts.RecordTextReport
    record_inbound_text: hooks_texts.RecordInboundText


def _telephony_services(service: Service) -> _TelephonyServices:
    return _TelephonyServices(
        telephony=service.telephony,
        rehearsal=service.rehearsal,
        own_networks=service.own_networks,
        provider_of=service.provider_of,
        clock=service.clock,
        public_url=service.settings.service.public_url,
        record_call_events=service.record_call_events,
        next_step=service.next_step,
        phone_rings=service.phone_rings,
        record_sound=service.record_sound,
        record_text_report=service.record_text_report,
        record_inbound_text=service.record_inbound_text,
    )
