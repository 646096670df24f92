from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gongjiang.kernel.accounts"
    label = "accounts"
