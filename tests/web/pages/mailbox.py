"""Catches the mails with links instead of sending them."""

from __future__ import annotations

from dataclasses import dataclass, field

from callassist.ports.messages import Message
from callassist.web.link_mail import LinkMail
from tests.web.pages.stage import Stage


@dataclass
class Mails:
    """What would have gone out."""

    link_mail: LinkMail
    taken: list[tuple[str, Message]] = field(default_factory=list)

    def send(self, address: str, message: Message) -> None:
        self.taken.append((address, message))

    def last(self) -> tuple[str, Message]:
        """The newest mail, when everything under way has arrived."""
        self.link_mail._sender.submit(lambda: None).result()
        return self.taken[-1]

    def path(self) -> str:
        """The page to which the newest mail leads."""
        url = self.last()[1].url
        assert url is not None
        return url.removeprefix("http://127.0.0.1:8000")


def mails_of(stage: Stage) -> Mails:
    """From now on the stage's mails come here."""
    link_mail: LinkMail = stage.world.app.extensions["callassist_link_mail"]
    mails = Mails(link_mail)
    link_mail._channel = mails
    return mails
