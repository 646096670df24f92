from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "gongjiang.kernel.targets"
    label = "targets"
