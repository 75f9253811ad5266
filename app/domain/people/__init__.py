"""The arithmetic of staffing: Erlang C, intervals, shrinkage, headcount."""
