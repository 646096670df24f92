from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "gongjiang.kernel.tasks"
    label = "tasks"
