from django.urls import path

from . import views

PUBLIC = [path("", views.Public.as_view(), name="public")]

MY = [
    path("", views.Mine.as_view(), name="mine"),
    path("new/", views.NewResult.as_view(), name="new"),
    path("<int:pk>/", views.MyResult.as_view(), name="my-result"),
    path("<int:pk>/edit/", views.EditResult.as_view(), name="edit"),
    path("entries/<int:pk>/", views.MyEntry.as_view(), name="my-entry"),
]

DESK = [
    path("", views.Results.as_view(), name="desk"),
    path("<int:pk>/", views.ResultPage.as_view(), name="result"),
    path("<int:pk>/recommend/", views.Recommend.as_view(), name="recommend"),
    path("entries/", views.Entries.as_view(), name="entries"),
    path("entries/<int:pk>/", views.EntryPage.as_view(), name="entry"),
]
