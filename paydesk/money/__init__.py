"""The money: ledger, payments, statements. Money never knows the desk."""
