from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gongjiang.kernel.audit"
    label = "audit"
