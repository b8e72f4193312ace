"""The stage: the whole product on one page, `/demo`, in the demo's own server only."""

from __future__ import annotations

from callassist.demo.stage.captions import newest
from callassist.demo.stage.page import blueprint
from callassist.demo.stage.seats import Seats

__all__ = ["Seats", "blueprint", "newest"]
