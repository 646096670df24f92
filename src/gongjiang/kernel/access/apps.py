from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


def _after_migrate(**_: Any) -> None:
    from gongjiang.kernel.audit.functions import synchronise_functions as synchronise_audit
    from gongjiang.kernel.ledger.functions import synchronise_functions as synchronise_ledger
    from gongjiang.kernel.lifecycle.edges import synchronise_edges
    from gongjiang.kernel.outbox.sources import synchronise_sources
    from gongjiang.kernel.people.functions import synchronise_functions
    from gongjiang.kernel.publicity.functions import synchronise_functions as synchronise_publicity

    from . import walls

    walls.raise_all()
    synchronise_functions(settings.ROLES["app"], settings.ROLES["worker"])
    synchronise_audit(settings.ROLES["app"], settings.ROLES["worker"])
    synchronise_publicity()
    synchronise_ledger()
    synchronise_edges()
    synchronise_sources()
    walls.close_functions()


class AccessConfig(AppConfig):
    name = "gongjiang.kernel.access"
    label = "access"

    def ready(self) -> None:
        from . import checks  # noqa: F401

        post_migrate.connect(_after_migrate, sender=self)
