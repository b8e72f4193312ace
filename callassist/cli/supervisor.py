"""The process that keeps the serving ones alive; it holds nothing of ours but the settings."""

from __future__ import annotations

import gc
import os
import signal
import socket
from importlib import import_module
from typing import Any, NoReturn

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from callassist.cli.garbage import look_rarely
from callassist.cli.one_sentence import REFUSED, tell
from callassist.errors import CallAssistError, SettingsError
from callassist.settings import Bind

_GIVE_UP = signal.SIGUSR1
_STOP_SECONDS = 20  # then a serving process that hangs is killed, which it survives unharmed


def supervise(
    target: str, bind: Bind, *, workers: int, threads: int, setting: str = "CALLASSIST_BIND"
) -> NoReturn:
    """Serve the factory `target` ("module:function") until told to stop; restart what crashes.

    Exits with code 2 when a serving process cannot start for a reason that starting it again does
    not change. SettingsError, which names `setting`, when something else listens on `bind`.
    """
    host = bind.host.strip("[]")
    _refuse_taken(host, bind, setting)
    server = Granian(
        target,
        address=host,
        port=bind.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.error,
    )
    gave_up = False

    def stop(*_: object) -> None:
        nonlocal gave_up
        gave_up = True
        signal.raise_signal(signal.SIGTERM)

    signal.signal(_GIVE_UP, stop)
    server.serve(target_loader=_load)
    raise SystemExit(REFUSED if gave_up else 0)


def _refuse_taken(host: str, bind: Bind, setting: str) -> None:
    # the server shares its port between its processes, and so would not notice
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, bind.port), family=family).close()
    except OSError as error:
        raise SettingsError(
            f"{setting}: cannot listen on {bind} ({_reason(error)}); "
            "stop what listens there, or name another address or port"
        ) from None


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).partition(" (")[0].lower()


def _load(target: str) -> Any:
    """In a serving process: make the application, or say why not and end everything."""
    # it inherits handlers that only the supervisor can use: until it serves, a stop just ends it
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    # what is made while starting stays: looking for garbage in it would take an eighth of the start
    gc.disable()
    module, _, factory = target.partition(":")
    try:
        application = getattr(import_module(module), factory)()
    except CallAssistError as error:
        tell(error)
        _give_up()
    look_rarely()
    return application


def _give_up() -> NoReturn:
    os.kill(os.getppid(), _GIVE_UP)
    while True:
        signal.pause()
