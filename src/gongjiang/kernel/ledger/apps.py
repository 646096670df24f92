from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "gongjiang.kernel.ledger"
    label = "ledger"
