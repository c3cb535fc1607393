"""Addresses of the records pages: exports, statements, receipts."""

from django.urls import path

from paydesk.entry.web.records import views

urlpatterns = [
    path("", views.home, name="records_home"),
    path("exports/", views.exports, name="records_exports"),
    path("exports/<uuid:export_id>/cancel/", views.cancel, name="records_cancel"),
    path("history/", views.history, name="records_history"),
    path("statement/", views.statement, name="records_statement"),
    path("evidence/<str:number>/", views.evidence, name="records_evidence"),
    path("file/<str:token>/", views.file, name="records_file"),
    path("receipt/<str:number>.pdf", views.receipt, name="records_receipt"),
]
