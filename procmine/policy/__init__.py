"""What a company promises its customers, and the rules it gives itself."""
