"""Addresses of credentials."""

from django.urls import path

from . import views

urlpatterns = [
    path("verify/", views.Verify.as_view(), name="verify"),
    path("verify/<str:code>/", views.Verified.as_view(), name="verified"),
    path("my/certificates/", views.Mine.as_view(), name="my-credentials"),
    path("my/certificates/<int:pk>/certificate.<str:form>", views.Certificate.as_view(), name="certificate"),
    path("desk/credentials/", views.Credentials.as_view(), name="credentials"),
    path("desk/credentials/<int:pk>/", views.CredentialPage.as_view(), name="credential"),
    path("desk/credentials/<int:pk>/suspend/", views.Suspend.as_view(), name="credential-suspend"),
    path("desk/credentials/<int:pk>/restore/", views.Restore.as_view(), name="credential-restore"),
    path("desk/credentials/<int:pk>/revoke/", views.Revoke.as_view(), name="credential-revoke"),
]
