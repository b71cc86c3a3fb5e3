"""What a company's tools hold, and what of it the models will read, said before a build."""
