"""The second factor: an authenticator's six digits, or a recovery code from paper. Each code is good once."""

import secrets
from datetime import UTC, datetime

import pyotp
from django.db import transaction
from django.utils import timezone

from gongjiang.kernel.people.crypto import keyed_hash, reveal, seal

from .models import RecoveryCode, SecondFactor, User

ISSUER = "工匠 Gongjiang"
CODES = 10
STEP = 30  # seconds
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read two ways


def has(user: User) -> bool:
    """Whether sign-in asks this account for a second factor. Ask inside the account's own scope."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def begin(user: User) -> str:
    """A new secret for an account without a confirmed authenticator; the address for its QR code.

    An address that was shown and not confirmed is replaced.
    """
    secret = pyotp.random_base32()
    with transaction.atomic():
        factor, new = SecondFactor.objects.select_for_update().get_or_create(
            user=user, defaults={"secret": seal(secret)}
        )
        if factor.confirmed_at is not None:
            raise ValueError("this account has an authenticator; take it off first")
        if not new:
            factor.secret = seal(secret)
            factor.save(update_fields=["secret"])
    return address(user, secret)


def address(user: User, secret: str) -> str:
    """The otpauth:// address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def waiting(user: User) -> str | None:
    """The secret that was shown and is not confirmed yet."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    return reveal(bytes(factor.secret)) if factor else None


def confirm(user: User, code: str) -> list[str] | None:
    """The authenticator counts from now on; returns new recovery codes to be shown once, None for a wrong code."""
    if not _check(user, code, confirmed=False):
        return None
    SecondFactor.objects.filter(user=user).update(confirmed_at=timezone.now())
    return renew_codes(user)


def check(user: User, code: str) -> bool:
    """Whether the six digits are the authenticator's now. A code that was used is wrong from then on."""
    return _check(user, code, confirmed=True)


def check_recovery(user: User, code: str) -> bool:
    """Whether this is an unused recovery code; it is used up by asking."""
    digest = _digest(user, code)
    return bool(
        RecoveryCode.objects.filter(user=user, digest=digest, used_at=None).update(used_at=timezone.now())
    )


def renew_codes(user: User) -> list[str]:
    """Ten new recovery codes in place of the old ones."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, c)) for c in codes)
    return [f"{c[:5]}-{c[5:]}" for c in codes]


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def take_off(user: User) -> None:
    """Sign-in asks for the password alone again."""
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        SecondFactor.objects.filter(user=user).delete()


def _check(user: User, code: str, *, confirmed: bool) -> bool:
    digits = "".join(c for c in code if c.isdigit())
    with transaction.atomic():
        factor = (
            SecondFactor.objects.select_for_update()
            .filter(user=user, confirmed_at__isnull=not confirmed)
            .first()
        )
        if factor is None or len(digits) != 6:
            return False
        totp = pyotp.TOTP(reveal(bytes(factor.secret)), interval=STEP)
        now = int(datetime.now(UTC).timestamp()) // STEP
        for step in (now - 1, now, now + 1):  # a clock may be half a minute off
            if step > factor.last_step and secrets.compare_digest(totp.generate_otp(step), digits):
                factor.last_step = step
                factor.save(update_fields=["last_step"])
                return True
    return False


def _digest(user: User, code: str) -> bytes:
    return keyed_hash("recovery code", f"{user.pk} {''.join(c for c in code.lower() if c.isalnum())}")
