"""The chat page: answers, their citations, and the sources they were cut from."""
