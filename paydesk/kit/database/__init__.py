"""What our connections do otherwise than Django's."""
