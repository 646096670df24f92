from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(**_: Any) -> None:
    from .lake.catalogue import make_catalogue

    make_catalogue()


class InsightConfig(AppConfig):
    name = "gongjiang.insight"
    label = "insight"

    def ready(self) -> None:
        from . import checks  # noqa: F401

        post_migrate.connect(_after_migrate, sender=self)
