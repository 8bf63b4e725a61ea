"""How Sphinx makes the site: scripts/site.mjs starts it, over the pages that it has prepared."""

project = "Subtask induction"
html_title = "Subtask induction, in notebooks"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["_static"]

# Notebooks are shown with the outputs that are committed.
nb_execution_mode = "off"
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
# Without formulas in dollars, which would bring MathJax from another server; anchors in braces ({#seed}) for the glossary.
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 4

html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}
html_static_path = ["_static"]
html_css_files = ["site.css"]
scripts = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "chartsOnPage.js"]
html_js_files = [(name, {"defer": "defer"}) for name in scripts]
html_theme_options = {
    "show_toc_level": 2,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "navbar_persistent": [],
    "footer_content_items": [],
}
html_show_sphinx = False
html_show_copyright = False
