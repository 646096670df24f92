from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gongjiang.kernel.people"
    label = "people"
