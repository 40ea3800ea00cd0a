"""What several pages use: answers, events, the frame around them, the doors of Gradio."""
