"""What the client gives up of its credits: asked for, decided, known at an instant. The pages stand in performance."""
