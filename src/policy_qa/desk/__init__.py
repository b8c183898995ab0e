"""The pages beside the conversation: the library, what is to be verified, evaluation."""
