from __future__ import annotations

from django.urls import path

from aimline.web.account import views

urlpatterns = [
    path("", views.account, name="account"),
    path("consents/<str:kind>/", views.consent, name="consent"),
    path("tokens/new/", views.make_token, name="make_token"),
    path("tokens/<uuid:token_id>/end/", views.end_token, name="end_token"),
]
