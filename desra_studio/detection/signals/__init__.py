"""Local signals: what differs in a place between GAN-SR, its reference and LR, a file per idea."""
