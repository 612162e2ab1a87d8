"""A granted place and its life, for every line of business."""
