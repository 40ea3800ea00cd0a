"""What the Datasets page says about folders."""

INTRO = """## Datasets
A folder with **GAN-SR** and **MSE-SR** images of the same names, and **LR** (needed for
fine-tuning) and **GT-Mask** (manual masks) where you have them. Or a folder of LR images alone:
they are upscaled here."""

LAYOUT = """### What the folder looks like
```
results/
  GAN-SR/    0001.png  0002.png ...   outputs of the GAN-trained model
  MSE-SR/    0001.png  0002.png ...   outputs of the same model trained on MSE alone
  LR/        0001.png  0002.png ...   its inputs, for fine-tuning
  GT-Mask/   0001.png  0002.png ...   manual masks, if you have some
```
Or LR images alone, directly in the folder: they are upscaled here. Files are matched by name. PNG,
JPEG, WebP, BMP and TIFF are read; what is converted or left out is told file by file. Nothing is
written into your folder."""
