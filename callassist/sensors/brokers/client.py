"""The MQTT client: paho's, but it connects only where a user's address may lead."""

from __future__ import annotations

import socket
import ssl

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from callassist.errors import PermanentError, TransientError
from callassist.safe_http import public_socket
from callassist.sensors.brokers.rows import BrokerPlan
from callassist.sensors.brokers.state import BrokerState

CONNECT_SECONDS = 10.0
KEEPALIVE_SECONDS = 60
FIRST_PAUSE, LONGEST_PAUSE = 1, 300  # seconds between attempts, doubled each time


class GuardedClient(Client):
    """Keeps why it could not connect; never uses a proxy of the machine."""

    def __init__(self, plan: BrokerPlan, *, allow_private: bool) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=f"callassist-{plan.public_id}",
            clean_session=False,  # the broker keeps messages while we are away
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,  # only after the commit
        )
        self._allow_private = allow_private
        self.failure = BrokerState.WAITING
        self.connect_timeout = CONNECT_SECONDS
        self.reconnect_delay_set(FIRST_PAUSE, LONGEST_PAUSE)
        if plan.username:
            self.username_pw_set(plan.username, plan.password)
        self._tls = tls_context(plan.authority) if plan.tls else None
        if self._tls is not None:
            self.tls_set_context(self._tls)

    def _create_socket_connection(self) -> socket.socket:
        """Where paho opens its TCP connection; TLS is put around what is returned."""
        try:
            return public_socket(
                self._host,
                self._port,
                timeout=CONNECT_SECONDS,
                allow_private=self._allow_private,
            )
        except PermanentError as error:
            self.failure = BrokerState.PRIVATE
            raise OSError(error.detail) from None
        except TransientError as error:
            self.failure = BrokerState.UNKNOWN_NAME
            raise OSError(error.detail) from None
        except OSError:
            self.failure = BrokerState.UNREACHABLE
            raise

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """As paho does, but nothing stays open after a failed handshake."""
        assert self._tls is not None, "paho asks for TLS only when it was set"
        wrapped = self._tls.wrap_socket(
            tcp_sock, server_hostname=self._host, do_handshake_on_connect=False
        )
        try:
            wrapped.settimeout(CONNECT_SECONDS)
            wrapped.do_handshake()
        except OSError as error:
            is_doubtful = isinstance(error, ssl.SSLCertVerificationError)
            self.failure = BrokerState.CERTIFICATE if is_doubtful else BrokerState.UNREACHABLE
            wrapped.close()
            raise
        return wrapped


def tls_context(authority: str | None) -> ssl.SSLContext:
    """Certificates are checked; by an own authority where one is given. ssl.SSLError: not PEM."""
    context = ssl.create_default_context(cadata=authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
