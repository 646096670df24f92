"""Addresses of notices and objections."""

from django.urls import path

from . import views

urlpatterns = [
    path("notices/", views.Notices.as_view(), name="notices"),
    path("notices/objection/", views.Told.as_view(), name="objection-told"),
    path("notices/<slug:number>/", views.Notice.as_view(), name="notice"),
    path("notices/<slug:number>/object/", views.Object.as_view(), name="object"),
    path("desk/notices/", views.DeskNotices.as_view(), name="desk-notices"),
    path("desk/notices/<int:pk>/", views.DeskNotice.as_view(), name="desk-notice"),
    path("desk/notices/<int:pk>/cancel/", views.Cancel.as_view(), name="notice-cancel"),
    path("desk/notices/<int:pk>/prolong/", views.Prolong.as_view(), name="notice-prolong"),
    path("desk/objections/", views.Objections.as_view(), name="objections"),
    path("desk/objections/<int:pk>/", views.ObjectionPage.as_view(), name="objection"),
    path("desk/objections/<int:pk>/take/", views.TakeOn.as_view(), name="objection-take"),
    path("desk/objections/<int:pk>/author/", views.OpenAuthor.as_view(), name="objection-author"),
    path("desk/objections/<int:pk>/rule/", views.RuleOn.as_view(), name="objection-rule"),
    path("desk/objections/<int:pk>/told/", views.SayTold.as_view(), name="objection-say-told"),
    path(
        "desk/objections/<int:pk>/evidence/<uuid:file>/", views.Evidence.as_view(), name="objection-evidence"
    ),
]
