"""Pages of rounds: public, the applicant's own, and the desk's."""
