from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gongjiang.web"
    label = "web"

    def ready(self) -> None:
        from . import checks  # noqa: F401
        from .catalogue import compile_when_stale

        compile_when_stale()
