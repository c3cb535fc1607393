"""Addresses of the banking pages."""

from django.urls import path

from paydesk.entry.web.banking import accounts, biller, bills, schedules, withdraw

urlpatterns = [
    path("withdraw/", withdraw.withdraw, name="banking_withdraw"),
    path("withdraw/<str:number>/", withdraw.withdrawal, name="banking_withdrawal"),
    path("withdraw/<str:number>/cancel/", withdraw.cancel, name="banking_cancel"),
    path("accounts/", accounts.accounts, name="banking_accounts"),
    path("accounts/new/", accounts.add, name="banking_account_add"),
    path("accounts/<str:account_id>/remove/", accounts.remove, name="banking_account_remove"),
    path("bills/", bills.bills, name="banking_bills"),
    path("bills/paid/<str:number>/", bills.paid, name="banking_bill"),
    path("bills/saved/<str:saved_id>/forget/", bills.forget, name="banking_bill_forget"),
    path("bills/<str:code>/", biller.biller, name="banking_biller"),
    path("schedules/", schedules.schedules, name="banking_schedules"),
    path("schedules/new/", schedules.new, name="banking_schedule_new"),
    path("schedules/dates/", schedules.dates, name="banking_schedule_dates"),
    path("schedules/<uuid:schedule_id>/", schedules.schedule, name="banking_schedule"),
    path("schedules/<uuid:schedule_id>/do/", schedules.do, name="banking_schedule_do"),
]
