"""What brands have in common that send notices of noise: their timing, and options for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from callassist.domain.noise import SourceKind
from callassist.ports.sensors import SourceTiming
from callassist.sensors.options import check_known, minutes

_TEN = timedelta(minutes=10)


class NoticeBrand:
    """Notices at about 10, 20 and 30 minutes, unless the options say otherwise."""

    kind = SourceKind.NOTICE
    reports_every = timedelta(minutes=1)  # of no use: only the brand can say that it is not heard
    own_options: frozenset[str] = frozenset()

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse options that this brand does not have, and times that are none."""
        check_known(options, self.own_options | {"notice_delay_minutes", "notice_step_minutes"})
        self.timing(options)

    def timing(self, options: Mapping[str, object]) -> SourceTiming:
        """When its notices come."""
        return SourceTiming(
            notice_delay=minutes(options, "notice_delay_minutes", _TEN),
            notice_step=minutes(options, "notice_step_minutes", _TEN),
        )
