from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "gongjiang.kernel.publicity"
    label = "publicity"
