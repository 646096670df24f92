from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    name = "gongjiang.kernel.lifecycle"
    label = "lifecycle"

    def ready(self) -> None:
        from . import checks  # noqa: F401
