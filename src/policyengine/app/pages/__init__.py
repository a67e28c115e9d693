"""The pages for users: from a policy to Markdown in several languages."""
