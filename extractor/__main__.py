"""``python -m extractor``: the command ``chitieu``."""

from extractor.cli import app

if __name__ == "__main__":
    app()
