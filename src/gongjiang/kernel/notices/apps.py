from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gongjiang.kernel.notices"
    label = "notices"
