from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "gongjiang.kernel.calendar"
    label = "calendar"
