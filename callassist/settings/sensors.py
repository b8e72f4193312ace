"""Brands of sensors that are asked with their owners' permission: clients that we registered."""

from __future__ import annotations

from dataclasses import dataclass

from callassist.settings import values


@dataclass(frozen=True, kw_only=True)
class BrandSettings:
    """What is the same for all of them; without a client id nobody can connect."""

    client_id: values.Text
    client_secret: values.Secret
    authorize_url: values.HttpUrl
    token_url: values.HttpUrl
    base_url: values.HttpUrl
    scope: values.Text
    every: values.Span

    @property
    def is_set(self) -> bool:
        """Whether the administrator registered a client."""
        return bool(self.client_id and self.client_secret)


@dataclass(frozen=True, kw_only=True)
class MinutSettings(BrandSettings):
    """Minut (API v8)."""

    own_messages_fields: values.Text


@dataclass(frozen=True, kw_only=True)
class NetatmoSettings(BrandSettings):
    """Netatmo Connect."""


@dataclass(frozen=True, kw_only=True)
class MqttSettings:
    """Brokers that hosts name."""

    private_brokers: values.Switch
