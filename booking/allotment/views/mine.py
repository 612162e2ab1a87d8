"""The applicant's own requests: list, receipts."""
