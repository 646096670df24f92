from django.urls import path

from . import views

PUBLIC = [
    path("", views.Public.as_view(), name="public"),
    path("<int:pk>/", views.PublicContest.as_view(), name="public-contest"),
]

MY = [
    path("", views.Mine.as_view(), name="mine"),
    path("events/", views.Events.as_view(), name="events"),
    path("events/<int:pk>/", views.Enter.as_view(), name="enter"),
    path("<int:pk>/", views.MyEntry.as_view(), name="my-entry"),
    path("<int:pk>/edit/", views.EditEntry.as_view(), name="edit"),
]

DESK = [
    path("", views.Contests.as_view(), name="contests"),
    path("entries/", views.Entries.as_view(), name="entries"),
    path("entries/<int:pk>/", views.EntryPage.as_view(), name="entry"),
    path("entries/<int:pk>/edit/", views.DeskEdit.as_view(), name="desk-edit"),
    path("starts/", views.Starts.as_view(), name="starts"),
    path("upgrades/", views.Upgrades.as_view(), name="upgrades"),
    path("upgrades/<int:pk>/send/", views.SendUpgrade.as_view(), name="send-upgrade"),
    path("upgrades/<int:pk>/answer/", views.AnswerUpgrade.as_view(), name="answer-upgrade"),
    path("<int:pk>/", views.ContestPage.as_view(), name="contest"),
    path("<int:pk>/describe/", views.Describe.as_view(), name="describe"),
    path("<int:pk>/bands/", views.Bands.as_view(), name="bands"),
    path("<int:pk>/new/", views.NewEvent.as_view(), name="new-event"),
    path("<int:pk>/advance/<slug:name>/", views.AdvanceEvents.as_view(), name="advance"),
    path("events/<int:pk>/", views.EventPage.as_view(), name="event"),
    path("events/<int:pk>/register/", views.Register.as_view(), name="register"),
    path("events/<int:pk>/selection/", views.Selection.as_view(), name="selection"),
    path("events/<int:pk>/shortfall/", views.DecideShortfall.as_view(), name="shortfall"),
    path("events/<int:pk>/<slug:name>/", views.MoveOn.as_view(), name="move-on"),
]
