"""Addresses of the staff's pages about refunds, disputes, recalls and the treasury."""

from django.urls import path

from paydesk.entry.web.refunds import disputes, overview, policies, treasury

urlpatterns = [
    path("", overview.overview, name="desk_refunds"),
    path("list/", overview.lists, name="desk_refund_lists"),
    path("<uuid:request_id>/case/", overview.open_request, name="desk_refund_case"),
    path("recalls/<uuid:recall_id>/case/", overview.open_recall, name="desk_recall_case"),
    path(
        "cases/<str:number>/files/<uuid:request_id>/<uuid:file_id>/",
        overview.evidence,
        name="desk_refund_file",
    ),
    path("disputes/<str:number>/", disputes.dispute, name="desk_dispute"),
    path("disputes/<str:number>/files/", disputes.upload, name="desk_dispute_upload"),
    path("policies/", policies.policies, name="desk_policies"),
    path("policies/<str:number>/", policies.set_policy, name="desk_policy"),
    path("treasury/", treasury.treasury, name="desk_treasury"),
]
