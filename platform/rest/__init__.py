"""What every API of the house stands on: keys, problems, pages of results, answers given once, the description."""
