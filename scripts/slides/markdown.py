"""Markdown to HTML: reads a JSON list of texts, writes a JSON list of pages' parts."""

import json
import sys

import mistune

convert = mistune.create_markdown(escape=False, plugins=["table"])
json.dump([convert(text) for text in json.load(sys.stdin)], sys.stdout)
