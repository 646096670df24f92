from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gongjiang.kernel.exchange"
    label = "exchange"
