"""The second step of signing in: codes of an authenticator app, and recovery codes.

The secret is sealed at rest; a code works once, whoever saw it; recovery codes are kept as hashes.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from callassist.errors import Conflict, InvalidInput
from callassist.models import RecoveryCode, SecondFactor
from callassist.storage.vault import Vault

ISSUER = "Call Assist"
RECOVERY_CODES = 10
_WINDOW = 30  # seconds that a phone's clock may be off, either way
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What an authenticator app has to be told: by QR code, or typed."""

    secret: str
    uri: str


def is_on(session: Session, person_id: int) -> bool:
    """Whether a code is asked of this person."""
    confirmed = select(SecondFactor.confirmed_at).where(SecondFactor.person_id == person_id)
    return session.scalar(confirmed) is not None


def prepare(session: Session, vault: Vault, person_id: int, email: str, now: datetime) -> Enrolment:
    """The secret to put into an app; the same one until it is confirmed.

    Conflict when a second step is in force: it has to be removed first.
    """
    row = session.get(SecondFactor, person_id)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("the second step is on already; switch it off first")
    if row is None:
        secret = str(TOTP.new().base32_key)
        session.add(SecondFactor(person_id=person_id, secret=vault.seal(secret), created_at=now))
        session.flush()
    else:
        secret = vault.open(row.secret)
    return Enrolment(secret=secret, uri=str(_totp(secret).to_uri(label=email, issuer=ISSUER)))


def confirm(
    session: Session, vault: Vault, person_id: int, code: str, now: datetime
) -> tuple[str, ...]:
    """Put the second step into force; recovery codes, shown once. InvalidInput for a wrong code."""
    row = session.get(SecondFactor, person_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict("the second step is on already; switch it off first")
    if not _is_code(session, vault, person_id, code, now):
        raise InvalidInput(
            "this code is not right; wait for the next one and check the phone's clock", "code"
        )
    row.confirmed_at = now
    return renew_recovery_codes(session, person_id, now)


def passes(session: Session, vault: Vault, person_id: int, typed: str, now: datetime) -> bool:
    """Whether this is a code of the person's app or a recovery code; either is used up by it."""
    if not is_on(session, person_id):
        return False
    return _is_code(session, vault, person_id, typed, now) or _is_recovery_code(
        session, person_id, typed, now
    )


def remove(session: Session, person_id: int) -> bool:
    """No second step any more; False when there was none."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    gone = session.execute(
        delete(SecondFactor)
        .where(SecondFactor.person_id == person_id)
        .returning(SecondFactor.person_id)
    )
    return gone.first() is not None


def renew_recovery_codes(session: Session, person_id: int, now: datetime) -> tuple[str, ...]:
    """New recovery codes; the old ones work no more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = tuple(_new_recovery_code() for _ in range(RECOVERY_CODES))
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=_hash(code), created_at=now) for code in codes
    )
    session.flush()
    return codes


def recovery_codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes still work."""
    unused = select(func.count()).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0


def _is_code(session: Session, vault: Vault, person_id: int, typed: str, now: datetime) -> bool:
    row = session.get(SecondFactor, person_id)
    if row is None:
        return False
    try:
        match = _totp(vault.open(row.secret)).match(typed.strip(), time=now, window=_WINDOW)
    except (TokenError, ValueError):
        return False
    # of two who send the same code at once one gets in
    used = session.execute(
        update(SecondFactor)
        .where(
            SecondFactor.person_id == person_id,
            or_(
                SecondFactor.last_counter.is_(None),
                SecondFactor.last_counter < int(match.counter),
            ),
        )
        .values(last_counter=int(match.counter))
        .returning(SecondFactor.person_id)
        .execution_options(synchronize_session=False)
    )
    return used.first() is not None


def _is_recovery_code(session: Session, person_id: int, typed: str, now: datetime) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash(typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return used.first() is not None


def _totp(secret: str) -> TOTP:
    return TOTP(key=secret, format="base32")


def _new_recovery_code() -> str:
    """Sixteen letters in four groups: 78 bits, so that a plain hash of it gives nothing away."""
    letters = [secrets.choice(_LETTERS) for _ in range(16)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 16, 4))


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
