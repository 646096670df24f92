from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "gongjiang.kernel.review"
    label = "review"
