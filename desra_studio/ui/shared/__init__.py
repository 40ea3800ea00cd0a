"""What several pages use: answers, events, the frame around them, and what guards Gradio's doors."""
