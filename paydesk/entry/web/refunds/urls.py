"""Addresses of the refund pages of customers."""

from django.urls import path

from paydesk.entry.web.refunds import asking, following

urlpatterns = [
    path("", following.requests, name="refunds_list"),
    path("ask/<str:number>/", asking.ask, name="refunds_ask"),
    path("recall/<str:number>/", asking.recall, name="refunds_recall"),
    path("<str:number>/", following.follow, name="refunds_follow"),
    path("<str:number>/files/", following.upload, name="refunds_upload"),
    path("<str:number>/files/<uuid:file_id>/", following.download, name="refunds_file"),
    path("<str:number>/wallet/", following.to_wallet, name="refunds_to_wallet"),
    path("<str:number>/withdraw/", following.withdraw, name="refunds_withdraw"),
]
