"""Claims for relief: filed, decided, known at an instant. Their pages stand in performance, beside the results."""
