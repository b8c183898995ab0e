"""`python -m policy_qa.cli` is the `policy-qa` script."""

from policy_qa.cli.main import run

run()
