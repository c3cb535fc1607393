"""Addresses of the risk pages: rules, reviews, documents."""

from django.urls import path

from paydesk.entry.web.operations import identity, reviews, risk, risk_edit

urlpatterns = [
    path("risk/", risk.risk, name="operations_risk"),
    path("risk/rules/<slug:brand>/", risk_edit.rule, name="operations_rule"),
    path("risk/rules/<slug:brand>/remove", risk_edit.remove, name="operations_rule_remove"),
    path("risk/sets/<uuid:ruleset_id>/", risk.ruleset, name="operations_ruleset"),
    path("risk/runs/<uuid:dry_run_id>/", risk.dry_run, name="operations_dry_run"),
    path("reviews/", reviews.reviews, name="operations_reviews"),
    path("reviews/hits/<uuid:hit_id>/", reviews.decide_hit, name="operations_hit"),
    path("reviews/<uuid:payment_id>/", reviews.decide, name="operations_review"),
    path("identity/", identity.identity, name="operations_identity"),
    path("identity/<uuid:check_id>/", identity.decide, name="operations_identity_decide"),
    path("pictures/<str:brand>/<str:token>/", identity.picture, name="operations_picture"),
]
