from __future__ import annotations

from allauth.account.views import logout
from django.urls import include, path

from aimline.web.access import views

urlpatterns = [
    # The address that allauth knows shows our page too.
    path("account/login/", views.sign_in),
    # One's address is kept by those who run a place, and identities join by it alone: nothing to change here.
    path("account/email/", views.closed),
    path("account/3rdparty/", views.closed),
    path("account/social/connections/", views.closed),
    path("account/", include("allauth.urls")),
    # After allauth's own addresses, so that these are the ones links lead to.
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/demo/", views.sign_in_demo, name="sign_in_demo"),
    path("sign-out/", logout, name="account_logout"),
]
