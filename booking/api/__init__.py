"""The house for other programs: `/api/v1`, told in its own OpenAPI document."""
