"""`python -m policy_qa` is the `policy-qa` script, for where scripts are not on the path."""

from policy_qa.cli.main import run

if __name__ == "__main__":
    run()
