from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "gongjiang.programmes.registry"
    label = "registry"
