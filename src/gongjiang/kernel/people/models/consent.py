"""Consent: per purpose, in the words of that day, withdrawable (PIPL 13-15, 29, 31)."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.files.store import Store

from .person import EMPLOYED, Person

PAPERS = Store("consents")


class GivenBy(models.TextChoices):
    SELF = "self", c("consent", "the person")
    GUARDIAN = "guardian", c("consent", "a guardian")
    ASSISTED = "assisted", c("consent", "the person, with the help of the union")


class Channel(models.TextChoices):
    WEB = "web", c("consent", "on this site")
    PAPER = "paper", c("consent", "on paper")
    COUNTER = "counter", c("consent", "at a counter")
    PHONE = "phone", c("consent", "by phone")


class ConsentText(models.Model):
    """The words that are agreed to for one purpose, from a day on. A new version asks anew; the old one stays.

    purpose    a code such as "publish_name"; consent is asked by it
    scope      who receives what, in words
    """

    purpose = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField()
    title = models.TextField()
    title_en = models.TextField(blank=True, default="")
    text = models.TextField()
    text_en = models.TextField(blank=True, default="")
    scope = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    document = models.TextField()  # 文号, or who decided it

    app_reads_only = True
    wall = walls.open_to_all("what one is asked to agree to is public")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="consenttext_version_once", fields=["purpose", "version"]),
            models.UniqueConstraint(name="consenttext_one_open", fields=["purpose"], condition=Q(until=None)),
            models.CheckConstraint(
                name="consenttext_dates", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(
                name="consenttext_said", condition=~Q(title="") & ~Q(text="") & ~Q(document="")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Consent(models.Model):
    """One person agreed to one text. Withdrawing sets `withdrawn_at` and deletes nothing.

    guardian  who spoke for a child, in words
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="consents")
    purpose = models.SlugField(max_length=60)  # the text's, kept here for the index
    given_by = models.TextField(choices=GivenBy, default=GivenBy.SELF)
    guardian = models.TextField(blank=True, default="")
    channel = models.TextField(choices=Channel, default=Channel.WEB)
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall(f"person_id = me() OR {EMPLOYED.format(person='people_consent.person_id')}")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="consent_one_standing", fields=["person", "purpose"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(name="consent_given_by", condition=Q(given_by__in=GivenBy.values)),
            models.CheckConstraint(name="consent_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="consent_guardian_named", condition=~Q(given_by=GivenBy.GUARDIAN) | ~Q(guardian="")
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
            ),
        ]
        indexes = [models.Index(fields=["purpose", "person"], name="consent_purpose")]
        triggers = [
            pgtrigger.Trigger(
                name="consent_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF to_jsonb(NEW) - 'withdrawn_at' - 'person_id' <> to_jsonb(OLD) - 'withdrawn_at' - 'person_id'
                   OR NEW.person_id <> OLD.person_id AND NOT replaying()
                   OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
                THEN RAISE EXCEPTION 'a consent stays as it was given' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="consent_is_kept", operation=pgtrigger.Delete),
        ]


class ConsentPaper(models.Model):
    """A scan of the paper on which somebody agreed; the content lies encrypted under the name `stored`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="papers")
    name = models.TextField()
    media_type = models.TextField()
    bytes = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    stored = models.TextField(unique=True)
    at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    wall = walls.inherits("consent_id", Consent, appended=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="consentpaper_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
