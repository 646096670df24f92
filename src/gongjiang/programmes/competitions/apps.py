from django.apps import AppConfig


class CompetitionsConfig(AppConfig):
    name = "gongjiang.programmes.competitions"
    label = "competitions"
