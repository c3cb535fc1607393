DROP TRIGGER payments_guard_notification ON payments_providernotification;
DROP FUNCTION payments_guard_notification();
DROP TRIGGER payments_refund ON payments_payment;
DROP FUNCTION payments_count_refund();
DROP TRIGGER payments_guard ON payments_payment;
DROP FUNCTION payments_guard_payment();
