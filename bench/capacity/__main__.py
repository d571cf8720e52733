"""`python -m bench.capacity > docs/capacity.md`"""

from bench.capacity.document import capacity_markdown

if __name__ == "__main__":
    print(capacity_markdown(), end="")
