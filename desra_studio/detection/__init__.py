"""Where GAN-SR departs from MSE-SR: artifact map, threshold, components."""
