from django.apps import AppConfig


class ParametersConfig(AppConfig):
    name = "gongjiang.kernel.parameters"
    label = "parameters"

    def ready(self) -> None:
        from . import checks  # noqa: F401
