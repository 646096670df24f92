from django.apps import AppConfig


class ExampleConfig(AppConfig):
    name = "gongjiang.programmes._example"
    label = "example"
