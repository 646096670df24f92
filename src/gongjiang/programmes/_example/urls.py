"""The addresses, by face: MY hangs below /my/example/, DESK below /desk/example/."""

from django.urls import path

from . import views

MY = [
    path("", views.Mine.as_view(), name="mine"),
    path("ask/", views.Ask.as_view(), name="ask"),
    path("<int:pk>/", views.MyQuestion.as_view(), name="my-question"),
    path("<int:pk>/mend/", views.Mend.as_view(), name="mend"),
]

DESK = [
    path("", views.Desk.as_view(), name="desk"),
    path("<int:pk>/", views.QuestionPage.as_view(), name="question"),
]
