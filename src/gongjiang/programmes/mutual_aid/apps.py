from django.apps import AppConfig


class MutualAidConfig(AppConfig):
    name = "gongjiang.programmes.mutual_aid"
    label = "mutual_aid"
