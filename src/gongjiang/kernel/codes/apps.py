from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "gongjiang.kernel.codes"
    label = "codes"
