"""Posts callbacks to the service's own hook endpoint, as a real network would."""

from __future__ import annotations

from collections.abc import Mapping

import requests

from callassist.errors import PermanentError, SettingsError, TransientError

TIMEOUT = (2.0, 5.0)  # seconds to connect, seconds to answer


class OwnEndpoint:
    """Posts to `local_url` what is addressed to `public_url`, and to nothing else.

    The signature covers the public address; the machine need not be able to reach itself there.
    """

    def __init__(self, public_url: str, local_url: str) -> None:
        if not local_url.startswith(("http://", "https://")):
            raise SettingsError(f"the service's own address must be http or https: {local_url!r}")
        self._public = public_url.rstrip("/") + "/"
        self._local = local_url.rstrip("/") + "/"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business between us and ourselves

    def __call__(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> str:
        """Post once; TransientError when trying again can help, PermanentError when refused."""
        if not url.startswith(self._public):
            raise PermanentError(f"a callback is addressed to {url}, which is not {self._public}")
        try:
            answer = self._session.post(
                self._local + url.removeprefix(self._public),
                data=dict(form),
                headers=dict(headers),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TransientError(f"the callback did not arrive: {type(error).__name__}") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise TransientError(f"the callback was answered {answer.status_code}")
        if not answer.ok or answer.is_redirect:
            raise PermanentError(f"the callback was refused with {answer.status_code}")
        return answer.text
