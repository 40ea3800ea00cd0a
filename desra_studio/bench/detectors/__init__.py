"""How detectors fare where the truth is known: artifacts put into honest GAN-SR by a recipe."""
