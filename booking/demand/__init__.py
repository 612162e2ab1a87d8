"""What the next plan should hold: demand, shares who pass, expected waits."""
