from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "gongjiang.kernel.credentials"
    label = "credentials"
