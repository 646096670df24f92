from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "gongjiang.kernel.orgs"
    label = "orgs"
