"""The parts of the desk that renew themselves, in one answer: many desks ask at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from flask import abort, request
from flask.typing import ResponseReturnValue

from callassist.bootstrap import Service
from callassist.web.pages import asking
from callassist.web.pages.desk import places
from callassist.web.pages.desk.look import Look, look_at
from callassist.web.pages.desk.queries import DeskScreen, screen_of
from callassist.web.pages.written import Written, reading
from callassist.web.together import Together

_Ids = frozenset[int]
_IDLE_KEPT_SECONDS = 900.0  # of who has no call nothing changes between one call and the next


def _of_the_queue(screen: DeskScreen) -> DeskScreen:
    """Without who looks: the same for all who may take the same calls."""
    return replace(
        screen,
        operator_id="",
        desk="",
        desk_name="",
        languages=(),
        others=(),
        since=None,
        misses=0,
        crowd=None,
    )


def _of_me(screen: DeskScreen) -> DeskScreen:
    """Without the others' calls: the same until something of mine changes."""
    return replace(screen, languages=(), others=(), queue=(), crowd=None)


@dataclass(frozen=True)
class _Part:
    """A template, and what of the screen it gets."""

    template: str
    needs: Callable[[DeskScreen], DeskScreen]
    offers: bool = False  # whether a call is offered in it

    def values(self, screen: DeskScreen) -> dict[str, Hashable]:
        """All that the template gets."""
        found: dict[str, Hashable] = {"screen": self.needs(screen)}
        if self.offers and screen.mine is not None:
            found |= {"here_task": places.here_task(), "reasons": places.reasons()}
        return found


_PARTS: Mapping[str, _Part] = {
    "desk-now": _Part("desk/now.html", _of_me, offers=True),
    "queue": _Part("desk/queue.html", _of_the_queue),
    "next": _Part("desk/idle.html", _of_the_queue),
}


class Parts:
    """The view. What it keeps only saves time: every answer begins with a look at the database."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._looks: Together[_Ids, Look] = Together(self._look)
        self._written = Written()
        self._idle = Written(kept_seconds=_IDLE_KEPT_SECONDS)

    def view(self) -> ResponseReturnValue:
        """The parts named in `of`, each in an element that says which it is."""
        wanted = request.args.get("of", "").split()
        if not wanted or not _PARTS.keys() >= set(wanted):
            abort(404)
        own = asking.viewer().operator_ids
        look = self._looks.ask(own)
        screen = screen_of(look, self._service, own, places.working_as())
        return self._written.signed(
            "".join(
                f'<div data-part="{name}">{self._unsigned(_PARTS[name], screen, look)}</div>'
                for name in wanted
            )
        )

    def _unsigned(self, part: _Part, screen: DeskScreen, look: Look) -> str:
        if screen.crowd is None or part.needs is not _of_the_queue:
            kept = self._idle if part.offers and screen.mine is None else self._written
            return kept.unsigned(part.template, part.values(screen))
        # of one look all of a crowd that do the same are shown the same: no need to compare
        key = (part.template, screen.crowd, screen.state, *reading())
        found: str | None = look.shared.get(key)
        if found is None:
            found = self._written.unsigned(part.template, part.values(screen))
            look.shared[key] = found
        return found

    def _look(self, asked: frozenset[_Ids]) -> dict[_Ids, Look]:
        everybody: _Ids = frozenset().union(*asked)
        with self._service.sessions.read() as session:
            look = look_at(session, self._service, everybody, self._service.clock.now())
        return dict.fromkeys(asked, look)
