"""Pure rules of inspections: when a vehicle is due, for what, and why a window is refused; plates and VINs."""
