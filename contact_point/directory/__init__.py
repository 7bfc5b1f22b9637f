"""The service directory, in the terms of HSDS 3.2 (Open Referral)."""
