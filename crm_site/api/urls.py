"""The addresses of the API. Whatever is none of them answers 404 in the one error shape."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from crm_site.api import errors, intake, questions, tokens
from crm_site.api.audit import Audit
from crm_site.api.communications import Communications, Facts, Reminders
from crm_site.api.contacts import Contacts
from crm_site.api.investors import Investors
from crm_site.api.messages import Messages, Proposals
from crm_site.api.pipeline import Funds, Opportunities, Stages
from crm_site.api.search import Search

app_name = "api"

router = SimpleRouter()
router.register("investors", Investors, basename="investors")
router.register("contacts", Contacts, basename="contacts")
router.register("communications", Communications, basename="communications")
router.register("reminders", Reminders, basename="reminders")
router.register("opportunities", Opportunities, basename="opportunities")
router.register("funds", Funds, basename="funds")
router.register("stages", Stages, basename="stages")
router.register("facts", Facts, basename="facts")
router.register("intake/messages", Messages, basename="messages")
router.register("intake/proposals", Proposals, basename="proposals")
router.register("audit", Audit, basename="audit")

docs = SpectacularSwaggerSplitView.as_view(
    url_name="api:schema", template_name="api/docs.html", authentication_classes=()
)

v1: list[URLPattern | URLResolver] = [
    path("auth/token/", tokens.TokenView.as_view(), name="token"),
    path("auth/token/refresh/", tokens.RefreshView.as_view(), name="token-refresh"),
    path("query/catalog/", questions.Catalog.as_view(), name="catalog"),
    path("query/nl/", questions.Ask.as_view(), name="ask"),
    path("search/", Search.as_view(), name="search"),
    path("intake/match/", intake.MatchView.as_view(), name="match"),
    path("schema/", SpectacularAPIView.as_view(authentication_classes=()), name="schema"),
    path("docs/", docs, name="docs"),
    path("", include(router.urls)),
]

urlpatterns = [
    path("v1/", include(v1)),
    re_path(r"^(?P<path>.*)$", errors.no_such_address),
]
