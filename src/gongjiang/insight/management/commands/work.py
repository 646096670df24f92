"""`manage work`: the background process."""

from typing import Any

from django.core.management.base import BaseCommand

from gongjiang.insight import worker


class Command(BaseCommand):
    help = "Count what is committed and run the queue's jobs, until it is told to stop."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        worker.run()
