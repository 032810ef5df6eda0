"""The site for readers: static pages for areas, measures, themes and the evidence of every figure."""
