"""Moving data in and out: files, dry runs, progress."""
