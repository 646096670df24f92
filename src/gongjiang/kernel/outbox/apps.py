from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "gongjiang.kernel.outbox"
    label = "outbox"
