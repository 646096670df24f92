from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "gongjiang.insight"
    label = "insight"
