"""What applicants say of an attended visit."""
