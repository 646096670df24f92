from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "gongjiang.kernel.documents"
    label = "documents"
