from django.apps import AppConfig


class InnovationsConfig(AppConfig):
    name = "gongjiang.programmes.innovations"
    label = "innovations"
