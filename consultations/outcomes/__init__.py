"""What becomes of proposals: the city’s answers, the projects that it makes of them, and what came of it all."""
