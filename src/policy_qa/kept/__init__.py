"""What the server keeps of people's work: conversations, marks on provisions, runs, changes; in one SQLite file."""
