"""The raw tables: the contract with the outside, and the files that fill them."""
