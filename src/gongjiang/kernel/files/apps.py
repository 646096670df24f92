from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gongjiang.kernel.files"
    label = "files"
