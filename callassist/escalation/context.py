"""What the services of escalation need besides a session and `now`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from callassist.clock import Pace, SystemClock
from callassist.domain.cadence import Cadence
from callassist.domain.consent import Hours
from callassist.domain.dial import DialMode, mode_chosen
from callassist.domain.own_network import is_own
from callassist.domain.policy import EscalationPolicy
from callassist.domain.recording import RecordingTable
from callassist.domain.spending import Caps, Estimates
from callassist.domain.stop_words import StopWords
from callassist.escalation.gone_network import GoneNetwork
from callassist.escalation.policy import Limits
from callassist.models import Incident, Operator
from callassist.ports.conversations import Conversations, NoConversations
from callassist.ports.fresh_contact import FreshContact
from callassist.ports.fresh_noise import FreshNoise, NothingAsked
from callassist.ports.own_networks import NoOwnNetworks, OwnNetworks
from callassist.ports.telephony import Telephony
from callassist.settings import EscalationSettings
from callassist.stays.guest_words import Texts as GuestWords
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

OWN_REQUEST = timedelta(seconds=10)  # the longest time-out of a request to a phone network
PRACTICE_GAP = timedelta(seconds=8)  # real time, between the attempts of a practice alert

# (session, alarm, the message by which it rang, now): whether nobody had taken it before
TakeAlarm = Callable[[Session, int | None, int | None, datetime], bool]


def _nobody_tells(
    session: Session, alarm_id: int | None, notification_id: int | None, now: datetime
) -> bool:
    raise NotImplementedError("alarms are taken by whoever tells people")


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """One process's escalation: adapters, settings, and how fast its clock runs."""

    sessions: Sessions
    vault: Vault
    telephony: Telephony
    rehearsal: Telephony  # simulated, whatever `telephony` is: practice alerts dial here only
    settings: EscalationSettings
    fresh_contact: FreshContact
    public_url: str
    hours: Hours  # in which something automatic may go to a guest
    guest_words: Mapping[str, GuestWords]  # by language
    stop_words: StopWords
    up_since: Callable[[], datetime]
    take_alarm: TakeAlarm = _nobody_tells
    pace: Pace = field(default_factory=SystemClock)
    caps: Caps = field(default_factory=Caps)  # of the whole service
    estimates: Estimates = field(default_factory=Estimates)
    price_given_up_after: timedelta = timedelta(days=5)
    recording: RecordingTable = field(default_factory=RecordingTable)
    own_networks: OwnNetworks = field(default_factory=NoOwnNetworks)
    fresh_noise: FreshNoise = field(default_factory=NothingAsked)
    conversations: Conversations = field(default_factory=NoConversations)

    def real(self, span: timedelta) -> timedelta:
        """`span` of real time (heartbeats), as time of the service's clock."""
        return self.pace.span(span.total_seconds())

    def ends(self, began: datetime, span: timedelta) -> datetime:
        """When `span`, which an operator has for something since `began`, is over."""
        return self.pace.ends(began, span)

    def network(self, span: timedelta) -> timedelta:
        """`span` of the phone network's time, as time of the service's clock."""
        if self.telephony.capabilities().on_service_clock:
            return span
        return self.real(span)

    @property
    def doubt_wait(self) -> timedelta:
        """How long a dial may be without an answer before the network is asked about it.

        Longer than the network's own accept time, and never so short that our own request may
        still be under way: that runs on real time whatever the clock's speed.
        """
        return max(self.network(self.settings.doubt_wait), self.real(OWN_REQUEST))

    @property
    def look_up_again_after(self) -> timedelta:
        """After how long a look-up without an answer is asked for again: it may have been lost
        with the process that made it, and not before its own request must have ended."""
        return self.real(OWN_REQUEST)

    @property
    def give_up_after(self) -> timedelta:
        """How long a dial may wait for its turn, or for a look-up that works."""
        return max(self.network(self.settings.doubt_give_up_after), self.doubt_wait)

    def network_of(self, incident: Incident) -> Telephony:
        """Where calls about this incident are made; a practice alert never reaches a real one."""
        return self.rehearsal if incident.practice else self.network_for(incident.account_id)

    def network_for(self, account_id: int) -> Telephony:
        """The account's own network, else the service's. Where nobody is really phoned, nobody
        is: an account's own is not used beside a simulated one."""
        if self.telephony.capabilities().simulated:
            return self.telephony
        return self.own_networks.of(account_id) or self.telephony

    def network_named(self, provider: str) -> Telephony:
        """The network on which an attempt was written down to be made."""
        if provider == self.telephony.name:
            return self.telephony
        if is_own(provider):
            return self.own_networks.named(provider) or GoneNetwork(provider)
        return self.rehearsal

    def mode_of(self, incident: Incident, operator: Operator | None) -> DialMode:
        """Who puts a call about this incident through: as the operator chose, if that exists."""
        network = self.network_of(incident)
        modes = network.capabilities().modes
        if is_own(network.name) and DialMode.SOFTPHONE not in self.telephony.capabilities().modes:
            # pages of the desk are made ready for a browser's line by the service's network
            modes = tuple(mode for mode in modes if mode is not DialMode.SOFTPHONE)
        return mode_chosen(modes, operator.dial_mode if operator else None)

    def dials_by_hand(self, incident: Incident) -> bool:
        """Whether the operator dials for this incident on a phone of their own."""
        return self.network_of(incident).capabilities().modes == (DialMode.OPERATOR,)

    def limits(self, incident: Incident) -> Limits:
        """The numbers that decide what follows a result for this incident."""
        cadence = cadence_of(incident)
        own = self.settings
        gap = self.real(PRACTICE_GAP) if incident.practice else cadence.attempt_gap
        return Limits(
            attempts=cadence.attempts,
            attempt_gap=gap,
            cancelled_limit=own.cancelled_limit,
            provider_error_limit=own.provider_error_limit,
            provider_error_retry=gap if incident.practice else own.provider_error_retry,
            host_dials_per_contact=own.host_dials_per_contact,
            call_back_min=gap if incident.practice else own.call_back_min,
            call_back_max=gap if incident.practice else own.call_back_max,
        )


class Stamped(Protocol):
    """An incident, or a row with the rules that were stamped on it when it opened."""

    @property
    def policy(self) -> Mapping[str, Any]: ...
    @property
    def cadence(self) -> Mapping[str, Any]: ...


def policy_of(incident: Stamped) -> EscalationPolicy:
    """The policy stamped on the incident; what runs never changes by an edit."""
    return EscalationPolicy.from_dict(incident.policy)


def cadence_of(incident: Stamped) -> Cadence:
    """The cadence stamped on the incident when it opened (day or quiet hours)."""
    return Cadence.from_dict(incident.cadence)
