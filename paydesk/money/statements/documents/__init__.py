"""What is put on paper: a month's statement, a payment's receipt, the evidence of an appeal."""
