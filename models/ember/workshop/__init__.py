"""What the skills are made with: fillers, phrases, cases, checks."""
